// The first launch and connecting, as the company in memory answers them.
import type { Boot, KeepGuide, RebuildView, SetupStep, StorageCheck } from "../bindings";
import type { Answer, Company } from "./company";

const QR = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 21 21" width="210" height="210"><rect width="21" height="21" fill="#fff"/><path d="M2 2h7v7H2zM12 2h7v7h-7zM2 12h7v7H2zM12 12h3v3h-3zM16 16h3v3h-3z"/></svg>';

export function setUpCommands(company: Company): Record<string, Answer> {
  const setup = () => company.boot.setup ?? { step: "storage" as const, storage_path: null, recovery_key_saved: false, connection: null };
  return {
    storage_options: () => [
      { path: "/media/anna/Backup/Holdfast", kind: "usb_disk", label: "Backup (USB disk)", free: 812_000_000_000, total: 2_000_000_000_000, is_default: false },
      { path: "/home/anna/Holdfast", kind: "local_disk", label: "This computer", free: 210_000_000_000, total: 500_000_000_000, is_default: true },
    ],
    check_storage: ({ path }: { path: string }): StorageCheck => ({
      path, free: 812_000_000_000, exists: true, is_empty: true, is_repository: path.includes("existing"), same_disk_as_data: path.startsWith("/home"), problem: null,
    }),
    init_storage: ({ path }: { path: string }) => {
      company.storage = { ...company.storage, path };
      company.boot = { ...company.boot, stage: "setting_up", setup: { ...setup(), step: "recovery_key", storage_path: path } };
      return company.storage;
    },
    recovery_key: () => ({
      words: "amber-basil-cedar-delta-ember-fable-grove-hazel-ivory-jolly-karma-lemon", qr_svg: QR,
      warning: "Without this key or this computer nobody can open your backup, we neither. Whoever has it and the storage can read everyone's mail.",
    }),
    save_recovery_key: ({ path, accept_same_disk }: { path: string; accept_same_disk: boolean }) => {
      if (path.startsWith("/media/anna/Backup") && !accept_same_disk) {
        throw { code: "recovery_key.same_disk", what: "This is the disk that holds the backup.", todo: "Save the key elsewhere, or accept that both can be lost together.", can_retry: false, detail: null };
      }
      return { path };
    },
    set_setup_step: ({ step, recovery_key_saved }: { step: SetupStep; recovery_key_saved: boolean }) => {
      const next = { ...setup(), step, recovery_key_saved };
      company.boot = { ...company.boot, stage: "setting_up", setup: next };
      return next;
    },
    finish_setup: (): Boot => (company.boot = { ...company.boot, stage: "ready", setup: null }),
    open_existing: (): RebuildView => ({ archives: 6, users: 3, items: 57_000, connections: [connected(company, "disconnected")], policies: 1, licenses: company.licenses(), problems: [] }),
    enter_sample: (): Boot => (company.boot = { ...company.boot, profile: "sample", stage: "ready", setup: null }),
    choose_folder: () => "/media/anna/Backup/Holdfast",
    choose_file: () => "/home/anna/Downloads/acme-backup-key.json",
    choose_save_file: ({ name }: { name: string }) => (name.endsWith(".csv") ? `/home/anna/${name}` : "/home/anna/Documents/holdfast-recovery-key.txt"),
    google_guide: () => ({
      scopes_line: "https://www.googleapis.com/auth/gmail.readonly,https://www.googleapis.com/auth/drive.readonly", client_id: "112233445566778899",
      steps: [
        { id: "project", title: "Make a project", text: "Open the Google Cloud console and make a project.", link: "https://console.cloud.google.com/projectcreate", copy: null },
        { id: "scopes", title: "Grant the scopes", text: "Paste the client id and the line of scopes.", link: "https://admin.google.com/ac/owl/domainwidedelegation", copy: "112233445566778899" },
      ],
    }),
    guide_progress: () => company.guide,
    keep_guide: (kept: KeepGuide) => (company.guide = { ...company.guide, ...kept }),
    test_waiting: () => company.guide,
    stop_waiting: () => (company.guide = { ...company.guide, waiting: null }),
    connect_google_key: () => connected(company),
    sign_in_google: () => connected(company),
    cancel_sign_in: () => null,
    check_connection: () => [
      { id: "directory", title: "Directory", ok: true, sentence: "Users, groups and org units can be read.", todo: null, copy: null, link: null },
      { id: "gmail.readonly", title: "Mail", ok: false, sentence: "The scope gmail.readonly is missing.", todo: "Add it to the line of scopes.", copy: "https://www.googleapis.com/auth/gmail.readonly", link: "https://admin.google.com/ac/owl/domainwidedelegation" },
      { id: "drive.readonly", title: "Drive", ok: null, sentence: "Not reached yet.", todo: null, copy: null, link: null },
    ],
    reconnect_google_key: () => reconnected(company),
    reconnect_google_sign_in: () => reconnected(company),
  };
}

function connected(company: Company, state: Company["domain"]["state"] = "connected") {
  company.isConnected = true;
  company.domain = { ...company.domain, state };
  return company.connection();
}

function reconnected(company: Company) {
  company.domain = { ...company.domain, state: "connected", state_reason: null };
  return company.connection();
}
