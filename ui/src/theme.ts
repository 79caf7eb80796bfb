// How Holdfast looks: Mantine's tokens, our colours. Every text colour reaches 4.5:1 on its ground in both schemes.
import { Badge, Button, Checkbox, createTheme, Drawer, type MantineColorsTuple, Modal, Paper, Tabs, Tooltip } from "@mantine/core";

const petrol: MantineColorsTuple = [
  "#e9f5f5", "#d2e8e9", "#a6d2d4", "#78bcc0", "#4fa8ae", "#359ba2", "#22838b", "#14757d", "#0a666e", "#02545b",
];
const gray: MantineColorsTuple = [
  "#f6f8f9", "#edf1f3", "#e0e6e9", "#d0d8dc", "#b4bfc6", "#8b98a1", "#55636d", "#434f58", "#2f3940", "#1b2329",
];
const dark: MantineColorsTuple = [
  "#dde3e7", "#bcc6cd", "#a3afb8", "#8f9ca6", "#46525b", "#37424a", "#263038", "#1a2127", "#151b20", "#0f1418",
];

export const theme = createTheme({
  primaryColor: "petrol",
  primaryShade: { light: 8, dark: 7 },
  colors: { petrol, gray, dark },
  fontFamily: 'system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "Cascadia Mono", "SF Mono", "DejaVu Sans Mono", monospace',
  fontSizes: { xs: "12px", sm: "13px", md: "14px", lg: "16px", xl: "19px" },
  defaultRadius: "sm",
  cursorType: "pointer",
  respectReducedMotion: true,
  headings: { fontWeight: "600", sizes: { h1: { fontSize: "20px" }, h2: { fontSize: "16px" }, h3: { fontSize: "14px" } } },
  components: {
    Button: Button.extend({ defaultProps: { size: "sm" } }),
    Badge: Badge.extend({ defaultProps: { tt: "none", fw: 500, radius: "sm" } }),
    Checkbox: Checkbox.extend({ defaultProps: { size: "xs" } }),
    Drawer: Drawer.extend({ defaultProps: { position: "right", size: "lg", overlayProps: { backgroundOpacity: 0.35 } } }),
    Modal: Modal.extend({ defaultProps: { centered: true, overlayProps: { backgroundOpacity: 0.35 } } }),
    Paper: Paper.extend({ defaultProps: { withBorder: true, p: "md" } }),
    Tabs: Tabs.extend({ defaultProps: { keepMounted: false } }),
    Tooltip: Tooltip.extend({ defaultProps: { multiline: true, maw: 360, openDelay: 300, events: { hover: true, focus: true, touch: false } } }),
  },
});
