// English, the pattern of the other languages.
import { activity } from "./activity";
import { alerts } from "./alerts";
import { audit } from "./audit";
import { clouds } from "./clouds";
import { common, nav, sample } from "./common";
import { connect } from "./connect";
import { errors } from "./errors";
import { fix } from "./fix";
import { about } from "./help";
import { home } from "./home";
import { levels } from "./levels";
import { archive, manageUsers, owners } from "./owners";
import { backupSettings, policy } from "./policy";
import { retention } from "./retention";
import { app, licenses, storage } from "./settings";
import { start } from "./start";
import { domains, sync } from "./sync";
import { updates } from "./updates";
import { welcome } from "./welcome";

export const english = {
  common, nav, sample, errors, audit, about, activity, alerts, clouds, connect, start, sync, domains, fix, home, levels, owners, manageUsers, archive, policy,
  backupSettings, retention, storage, licenses, app, updates, welcome,
};
