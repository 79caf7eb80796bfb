// The page that `Print` puts on paper. On the screen it is not there; on paper nothing else is.
import { createPortal } from "react-dom";
import type { RecoveryKeyView } from "../../bindings";
import { moment } from "../../format";
import { welcome } from "../../strings";
import classes from "./RecoverySheet.module.css";

const words = welcome.key.sheet;

export function RecoverySheet({ recoveryKey, storagePath }: { recoveryKey: RecoveryKeyView; storagePath: string | null }) {
  return createPortal(
    <section className={classes.sheet} aria-hidden>
      <h1>{words.title}</h1>
      <ol>
        {recoveryKey.words.split("-").map((word, index) => (
          <li key={`${index}-${word}`}>{word}</li>
        ))}
      </ol>
      <p className={classes.whole}>{recoveryKey.words}</p>
      <img src={`data:image/svg+xml;utf8,${encodeURIComponent(recoveryKey.qr_svg)}`} alt="" />
      {storagePath !== null && <p>{`${words.storage}: ${storagePath}`}</p>}
      <p>{`${words.made}: ${moment(new Date().toISOString())}`}</p>
      <p>{recoveryKey.warning}</p>
      <p>{words.how}</p>
      <p>{words.restic}</p>
    </section>,
    document.body,
  );
}
