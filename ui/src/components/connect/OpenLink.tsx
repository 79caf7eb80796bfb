// Opens a provider's page in the system browser; where that fails, shows the address to copy.
import { Button } from "@mantine/core";
import { IconExternalLink } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { api } from "../../api";
import { connect as words } from "../../strings";
import { Copyable } from "./Copyable";

export function OpenLink({ url, title }: { url: string; title: string }) {
  const open = useMutation({ mutationFn: () => api.openUrl(url) });
  if (open.isError) return <Copyable text={url} title={title} />;
  return (
    <Button variant="default" size="xs" onClick={() => open.mutate()} aria-label={words.openLink(title)} leftSection={<IconExternalLink size={14} aria-hidden />}>
      {words.open}
    </Button>
  );
}
