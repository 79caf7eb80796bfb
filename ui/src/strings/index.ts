// Every English string of the window, by area. A translation replaces this folder and nothing else.
import { audit } from "./audit";
import { clouds } from "./clouds";
import { common, nav, sample } from "./common";
import { errors } from "./errors";
import { about } from "./help";
import { levels } from "./levels";
import { archive, manageUsers, owners } from "./owners";
import { backupSettings, policy } from "./policy";
import { retention } from "./retention";
import { app, licenses, storage } from "./settings";
import { start } from "./start";
import { domains, sync } from "./sync";

export const S = { common, nav, sample, errors, audit, about, clouds, start, sync, domains, levels, owners, manageUsers, archive, policy, backupSettings, retention, storage, licenses, app };
