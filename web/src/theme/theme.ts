// Colours and defaults of the components. Everything that is not a Mantine component takes its colours from tokens.css.
import { ActionIcon, Button, createTheme, InputWrapper, Modal, Table, Tooltip, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

const iris: MantineColorsTuple = ['#f1effe', '#e1ddfb', '#c3bbf7', '#a598f8', '#8a7bf0', '#6f5de6', '#5b46d9', '#4c39bd', '#3e2f9b', '#2f2475'];
const gray: MantineColorsTuple = ['#faf9fc', '#f4f2f8', '#e9e6f0', '#dcd8e6', '#c5c0d3', '#a49eb6', '#767089', '#5a5570', '#3b374d', '#1d1a2b'];
const dark: MantineColorsTuple = ['#eceaf4', '#c9c4da', '#aaa4bf', '#8b859f', '#332f42', '#282535', '#1f1c2a', '#191722', '#14121c', '#0f0e15'];
const rose: MantineColorsTuple = ['#fff0f3', '#ffdde4', '#ffb8c6', '#ff8da5', '#ff6486', '#f43f6b', '#d9264f', '#b81a40', '#951534', '#731129'];

export const theme = createTheme({
  primaryColor: 'iris',
  primaryShade: { light: 6, dark: 5 },
  autoContrast: true,
  colors: { iris, gray, dark, rose },
  black: '#1d1a2b',
  fontFamily: '"Geist Variable", system-ui, -apple-system, "Segoe UI", Roboto, sans-serif',
  fontFamilyMonospace: '"Geist Mono Variable", ui-monospace, "SF Mono", Menlo, Consolas, monospace',
  fontSizes: { xs: '12px', sm: '13.5px', md: '14.5px', lg: '17px', xl: '21px' },
  headings: {
    fontWeight: '620',
    sizes: { h1: { fontSize: '23px', lineHeight: '1.25' }, h2: { fontSize: '16px', lineHeight: '1.35' }, h3: { fontSize: '14px' } },
  },
  defaultRadius: 'md',
  radius: { sm: '5px', md: '8px', lg: '12px' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  focusRing: 'auto',
  components: {
    ActionIcon: ActionIcon.extend({ defaultProps: { variant: 'subtle', color: 'gray' } }),
    Button: Button.extend({ defaultProps: { size: 'sm', fw: 550 }, styles: { section: { marginInlineEnd: 7 } } }),
    Modal: Modal.extend({ defaultProps: { centered: true, overlayProps: { backgroundOpacity: 0.45 } } }),
    InputWrapper: InputWrapper.extend({ styles: { label: { marginBottom: 4, fontWeight: 550 }, description: { marginBottom: 5 } } }),
    Table: Table.extend({ styles: { table: { '--table-border-color': 'var(--odd-line)' }, th: { fontSize: 12, fontWeight: 550, color: 'var(--odd-ink-3)' } } }),
    Tooltip: Tooltip.extend({ defaultProps: { withArrow: true, openDelay: 250, fz: 'xs' } }),
  },
});

/** The quiet variants of Mantine's colours follow the palette of tokens.css in both schemes. */
const quiet = (name: string, tone: string) => ({
  [`--mantine-color-${name}-light`]: `color-mix(in srgb, var(--odd-${tone}) 10%, transparent)`,
  [`--mantine-color-${name}-light-hover`]: `color-mix(in srgb, var(--odd-${tone}) 16%, transparent)`,
  [`--mantine-color-${name}-light-color`]: `var(--odd-${tone})`,
});
const tones = { ...quiet('iris', 'accent'), ...quiet('rose', 'odd'), ...quiet('gray', 'ink-2'), '--mantine-color-dimmed': 'var(--odd-ink-3)' };

export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: { ...tones, '--mantine-color-default-border': 'var(--odd-edge)' },
  dark: { ...tones, '--mantine-color-default-border': 'var(--odd-edge)' },
});
