// Help > About.
export const about = {
  title: "About",
  text: "Holdfast backs up your company's cloud accounts to storage that you own.",
  version: "Version",
  licence: "License",
  format: "Format of the storage",
  notices: "Software that Holdfast is made with",
};
