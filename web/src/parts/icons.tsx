// Line icons of one hand: 20 units wide, drawn with the text's colour. They are decoration; the text beside or the label of the button names them.
import type { ReactNode } from 'react';

function icon(content: ReactNode) {
  return function Icon({ size = 18 }: { size?: number }) {
    return (
      <svg
        width={size}
        height={size}
        viewBox="0 0 20 20"
        fill="none"
        stroke="currentColor"
        strokeWidth={1.6}
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden
        focusable="false"
      >
        {content}
      </svg>
    );
  };
}

export const OverviewIcon = icon(<path d="M2.5 11.5h3.2l2-6.5 3.6 10.5 2.4-7 1.2 3h2.6" />);
export const AnomaliesIcon = icon(
  <>
    <path d="M3 14.5h14M3 10h6" />
    <circle cx="13.8" cy="6.6" r="2.6" />
  </>,
);
export const SeriesIcon = icon(<path d="M3 3v14h14M6 13l3.2-4 2.6 2.2L16.5 6" />);
export const ServicesIcon = icon(
  <>
    <circle cx="4.6" cy="10" r="2.1" />
    <circle cx="15.4" cy="4.8" r="2.1" />
    <circle cx="15.4" cy="15.2" r="2.1" />
    <path d="M6.5 9.1 13.5 5.7M6.5 10.9l7 3.4" />
  </>,
);
export const UploadIcon = icon(<path d="M10 13V3.5M6.2 7 10 3.2 13.8 7M3.5 12.5v3a1 1 0 0 0 1 1h11a1 1 0 0 0 1-1v-3" />);
export const KeyIcon = icon(
  <>
    <circle cx="6.5" cy="13.5" r="3.2" />
    <path d="m9 11 7.2-7.2M13 7l2.4 2.4" />
  </>,
);
export const HelpIcon = icon(
  <>
    <circle cx="10" cy="10" r="7.2" />
    <path d="M7.8 7.8a2.2 2.2 0 1 1 3.3 2c-.8.5-1.1.9-1.1 1.7M10 14v.1" />
  </>,
);
export const SunIcon = icon(
  <>
    <circle cx="10" cy="10" r="3.2" />
    <path d="M10 2.5v1.6M10 15.9v1.6M2.5 10h1.6M15.9 10h1.6M4.7 4.7l1.1 1.1M14.2 14.2l1.1 1.1M15.3 4.7l-1.1 1.1M5.8 14.2l-1.1 1.1" />
  </>,
);
export const MoonIcon = icon(<path d="M16.2 11.9A6.7 6.7 0 0 1 8.1 3.8a6.7 6.7 0 1 0 8.1 8.1Z" />);
export const AutoIcon = icon(
  <>
    <circle cx="10" cy="10" r="6.8" />
    <path d="M10 3.2a6.8 6.8 0 0 1 0 13.6Z" fill="currentColor" />
  </>,
);
export const SearchIcon = icon(
  <>
    <circle cx="9" cy="9" r="5.4" />
    <path d="m13.2 13.2 3.6 3.6" />
  </>,
);
export const CheckIcon = icon(<path d="m4 10.6 4 4L16.2 6" />);
export const EyeIcon = icon(
  <>
    <path d="M2.2 10S5 4.8 10 4.8 17.8 10 17.8 10 15 15.2 10 15.2 2.2 10 2.2 10Z" />
    <circle cx="10" cy="10" r="2.3" />
  </>,
);
export const NotIcon = icon(
  <>
    <circle cx="10" cy="10" r="6.8" />
    <path d="m5.4 5.4 9.2 9.2" />
  </>,
);
export const UndoIcon = icon(<path d="M4 8.2h8a4 4 0 0 1 0 8H8M7.2 4.8 3.8 8.2l3.4 3.4" />);
export const CopyIcon = icon(
  <>
    <rect x="7" y="7" width="9.5" height="9.5" rx="1.8" />
    <path d="M13 7V5a1.5 1.5 0 0 0-1.5-1.5H5A1.5 1.5 0 0 0 3.5 5v6.5A1.5 1.5 0 0 0 5 13h2" />
  </>,
);
export const TrashIcon = icon(<path d="M3.5 5.5h13M8 5.5V3.8h4v1.7M5.2 5.5l.7 10.7h8.2l.7-10.7M8.4 8.5v5M11.6 8.5v5" />);
export const SignOutIcon = icon(<path d="M8 3.5H4.8a1 1 0 0 0-1 1v11a1 1 0 0 0 1 1H8M12.5 6.3 16.2 10l-3.7 3.7M16 10H8" />);
export const RowsIcon = icon(<path d="M3 5.5h14M3 10h14M3 14.5h14" />);
export const TableIcon = icon(<path d="M3.2 4h13.6v12H3.2ZM3.2 8h13.6M8 4v12M12.4 8v8" />);
export const DownloadIcon = icon(<path d="M10 3.5V13M6.2 9.4 10 13.2l3.8-3.8M3.5 13.5v2a1 1 0 0 0 1 1h11a1 1 0 0 0 1-1v-2" />);
export const BackIcon = icon(<path d="M16.5 10h-13M8 5.2 3.2 10 8 14.8" />);
export const NextIcon = icon(<path d="M7.5 4.5 13 10l-5.5 5.5" />);
export const CloseIcon = icon(<path d="m5 5 10 10M15 5 5 15" />);
export const FileIcon = icon(<path d="M11.5 2.8H5.8a1 1 0 0 0-1 1v12.4a1 1 0 0 0 1 1h8.4a1 1 0 0 0 1-1V6.5ZM11.3 3v3.7H15" />);
