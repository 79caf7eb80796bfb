// The frame of every page: navigation at the left, the page at the right, the sample company's mark above it.
import { AppShell, Box, NavLink, ScrollArea, Text } from "@mantine/core";
import {
  IconActivity, IconAdjustments, IconArchive, IconBuilding, IconCloud, IconDatabase, IconHistory, IconHome, IconInfoCircle,
  IconLicense, IconPlayerPlay, IconSettings, IconStethoscope, IconUsers,
  type Icon,
} from "@tabler/icons-react";
import { Link, Outlet, useLocation } from "@tanstack/react-router";
import { useQuery } from "@tanstack/react-query";
import { queries } from "../queries";
import { S } from "../strings";
import { SampleBanner } from "./SampleBanner";
import css from "./Shell.module.css";

type Entry = { to: string; label: string; icon: Icon };
type Section = { title: string | null; entries: Entry[] };

const SECTIONS: Section[] = [
  { title: null, entries: [{ to: "/", get label() { return S.nav.home; }, icon: IconHome }] },
  {
    get title() { return S.nav.backup; },
    entries: [
      { to: "/backup/start", get label() { return S.nav.startBackup; }, icon: IconPlayerPlay },
      { to: "/backup/archive", get label() { return S.nav.archive; }, icon: IconArchive },
      { to: "/backup/activity", get label() { return S.nav.activity; }, icon: IconActivity },
    ],
  },
  {
    get title() { return S.nav.settings; },
    entries: [
      { to: "/settings/clouds", get label() { return S.nav.clouds; }, icon: IconCloud },
      { to: "/settings/domains", get label() { return S.nav.manageDomains; }, icon: IconBuilding },
      { to: "/settings/users", get label() { return S.nav.manageUsers; }, icon: IconUsers },
      { to: "/settings/backup", get label() { return S.nav.backupSettings; }, icon: IconAdjustments },
      { to: "/settings/storage", get label() { return S.nav.storage; }, icon: IconDatabase },
      { to: "/settings/licenses", get label() { return S.nav.licenses; }, icon: IconLicense },
      { to: "/settings/app", get label() { return S.nav.app; }, icon: IconSettings },
    ],
  },
  {
    get title() { return S.nav.help; },
    entries: [
      { to: "/help/fix", get label() { return S.nav.fix; }, icon: IconStethoscope },
      { to: "/help/audit", get label() { return S.nav.auditLog; }, icon: IconHistory },
      { to: "/help/about", get label() { return S.nav.about; }, icon: IconInfoCircle },
    ],
  },
];

export function Shell() {
  const boot = useQuery(queries.boot());
  return (
    <AppShell navbar={{ width: S.nav.width, breakpoint: 0 }} padding={0} layout="alt">
      <AppShell.Navbar className={css.navbar} aria-label={S.nav.label}>
        <Text className={css.brand}>{S.common.product}</Text>
        <ScrollArea flex={1} type="auto">
          {SECTIONS.map((section) => <NavSection key={section.title ?? ""} section={section} />)}
        </ScrollArea>
      </AppShell.Navbar>
      <AppShell.Main className={css.main}>
        {boot.data?.profile === "sample" && <SampleBanner />}
        <Box className={css.page}><Outlet /></Box>
      </AppShell.Main>
    </AppShell>
  );
}

function NavSection({ section }: { section: Section }) {
  const { pathname } = useLocation();
  return (
    <Box className={css.group}>
      {section.title !== null && <Text className={css.section}>{section.title}</Text>}
      {section.entries.map(({ to, label, icon: Icon }) => {
        const here = to === "/" ? pathname === "/" : pathname === to || pathname.startsWith(`${to}/`);
        return (
          <NavLink
            key={to} component={Link} to={to} label={label} active={here} aria-current={here ? "page" : undefined} className={css.link}
            leftSection={<Icon size={17} stroke={1.7} aria-hidden />}
          />
        );
      })}
    </Box>
  );
}
