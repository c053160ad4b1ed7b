// Light, dark, or as the system has it.
import { ActionIcon, Tooltip, useMantineColorScheme } from '@mantine/core';
import { AutoIcon, MoonIcon, SunIcon } from '../parts/icons';

const next = { light: 'dark', dark: 'auto', auto: 'light' } as const;
const words = { light: 'Light', dark: 'Dark', auto: 'As the system' } as const;

export function SchemeToggle() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const Icon = { light: SunIcon, dark: MoonIcon, auto: AutoIcon }[colorScheme];
  return (
    <Tooltip label={`Colours: ${words[colorScheme].toLowerCase()}`}>
      <ActionIcon
        size="lg"
        onClick={() => setColorScheme(next[colorScheme])}
        aria-label={`Colours: ${words[colorScheme]}. Change to ${words[next[colorScheme]]}.`}
      >
        <Icon />
      </ActionIcon>
    </Tooltip>
  );
}
