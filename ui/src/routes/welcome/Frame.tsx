// The page of the first launch: no navigation, one column, the steps on top.
import { Box, Container, Group, ScrollArea, Stack, Stepper, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { welcome as words } from "../../strings";
import classes from "./Frame.module.css";

type Props = { children: ReactNode; steps?: { labels: readonly string[]; active: number } };

export function Frame({ children, steps }: Props) {
  return (
    <ScrollArea h="100vh" className={classes.page}>
      <Container size={760} className={classes.column} component="main">
        <Stack className={classes.parts}>
          <Group justify="space-between">
            <Text fw={700} size="lg">Holdfast</Text>
            {steps && <Text size="sm" c="dimmed">{words.steps.progress(steps.active + 1, steps.labels.length)}</Text>}
          </Group>
          {steps && (
            <Box component="nav" aria-label={words.steps.label}>
              <Stepper active={steps.active} size="xs" allowNextStepsSelect={false}>
                {steps.labels.map((label, index) => (
                  <Stepper.Step key={label} label={label} allowStepSelect={false} aria-current={index === steps.active ? "step" : undefined} />
                ))}
              </Stepper>
            </Box>
          )}
          {children}
        </Stack>
      </Container>
    </ScrollArea>
  );
}
