// Every English string of the window, by area. A translation replaces this folder and nothing else.
import { common, nav, sample } from "./common";
import { errors } from "./errors";
import { about } from "./help";

export const S = { common, nav, sample, errors, about };
