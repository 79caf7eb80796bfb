// Why an account could not be connected. One of another company is no failure of anything: it was refused on purpose.
import { Stack } from "@mantine/core";
import { asUserError } from "../../api";
import { connect as words } from "../../strings";
import { ErrorPanel } from "../ErrorPanel";
import { Notice } from "../Notice";

export function ConnectError({ error }: { error: unknown }) {
  const isOther = asUserError(error).code === "connection.other_tenant";
  return (
    <Stack gap="xs">
      <ErrorPanel error={error} />
      {isOther && <Notice bare tone="grey" title={words.otherTenant} />}
    </Stack>
  );
}
