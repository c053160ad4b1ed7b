import { Kbd, Modal, Table } from '@mantine/core';
import { Fragment } from 'react';
import { keyHelp } from './shortcuts';

export function ShortcutTable() {
  return (
    <Table verticalSpacing={7}>
      <Table.Tbody>
        {keyHelp.map(([keys, what]) => (
          <Table.Tr key={keys}>
            <Table.Td w={190}>
              {keys.split(/( then | \/ |, )/).map((part, index) => (index % 2 === 0 ? <Kbd key={index}>{part}</Kbd> : <Fragment key={index}>{part}</Fragment>))}
            </Table.Td>
            <Table.Td>{what}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

export function ShortcutHelp({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="Keyboard" size="lg">
      <ShortcutTable />
    </Modal>
  );
}
