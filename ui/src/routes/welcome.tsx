// The first launch: three ways to begin, and the set-up from wherever it was left.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { SetupStep } from "../bindings";
import { queries } from "../queries";
import { welcome as words } from "../strings";
import { Choose } from "./welcome/Choose";
import { Cloud } from "./welcome/Cloud";
import { Existing } from "./welcome/Existing";
import { Finish } from "./welcome/Finish";
import { Frame } from "./welcome/Frame";
import { People } from "./welcome/People";
import { RecoveryKey } from "./welcome/RecoveryKey";
import { Storage } from "./welcome/Storage";

const labels = () => [words.steps.storage, words.steps.cloud, words.steps.people, words.steps.finish];
/** The recovery key belongs to the storage: for a person these are four steps. */
const SHOWN: Record<SetupStep, number> = { storage: 0, recovery_key: 0, cloud: 1, people: 2, finish: 3 };

type Way = { name: "undecided" | "set_up" } | { name: "existing"; path: string };

export function WelcomePage() {
  const boot = useQuery(queries.boot());
  const setup = boot.data?.stage === "setting_up" ? boot.data.setup : null;
  const [way, setWay] = useState<Way>({ name: "undecided" });
  const undecided = () => setWay({ name: "undecided" });

  // Until its last page has been seen, an existing backup shows what came back, wherever the engine says we are.
  if (way.name === "existing" && setup?.step !== "finish") return <Existing at={way.path} onBack={undecided} />;
  const step = setup?.step ?? (way.name === "set_up" ? "storage" : null);
  if (step === null) {
    return (
      <Frame>
        <Choose onSetUp={() => setWay({ name: "set_up" })} onExisting={() => setWay({ name: "existing", path: "" })} />
      </Frame>
    );
  }
  return (
    <Frame steps={{ labels: labels(), active: SHOWN[step] }}>
      {step === "storage" && <Storage onBack={undecided} onExisting={(path) => setWay({ name: "existing", path })} />}
      {step === "recovery_key" && <RecoveryKey storagePath={setup?.storage_path ?? null} />}
      {step === "cloud" && <Cloud />}
      {step === "people" && <People />}
      {step === "finish" && <Finish setup={setup} />}
    </Frame>
  );
}
