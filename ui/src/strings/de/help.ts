// Hilfe > Über Holdfast.
import type { about as English } from "../en/help";

export const about: typeof English = {
  title: "Über Holdfast",
  text: "Holdfast sichert die Cloud-Konten Ihres Unternehmens auf einem Speicher, der Ihnen gehört.",
  version: "Version",
  licence: "Lizenz",
  format: "Format des Speichers",
  notices: "Software, mit der Holdfast gemacht ist",
};
