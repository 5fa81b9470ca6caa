// Ant Design's tokens, drawn from the palette of theme.css.
import type { ThemeConfig } from 'antd'

// The stylesheet's own stack, which differs by language.
const sans = 'var(--sans)'

export const theme: ThemeConfig = {
  hashed: false,
  // One name for all: several pieces of a page that are dressed each for itself share what is worked out once.
  cssVar: { key: 'probity' },
  token: {
    colorPrimary: '#2c6b5f',
    colorInfo: '#3b5795',
    colorSuccess: '#2c7a6b',
    colorWarning: '#9a6412',
    colorError: '#a83a2b',
    colorLink: '#2c6b5f',
    colorTextBase: '#16231f',
    colorBgLayout: '#f1f5f3',
    colorBorder: '#c3d0ca',
    colorBorderSecondary: '#dbe4df',
    colorTextDescription: '#5b6a63',
    colorTextPlaceholder: '#64736c',
    borderRadius: 7,
    borderRadiusLG: 10,
    fontFamily: sans,
    fontSize: 14,
    lineHeight: 1.6,
    controlHeight: 34,
    wireframe: false,
    motionDurationMid: '0.14s',
    motionDurationSlow: '0.18s',
    boxShadow: '0 6px 24px rgb(20 35 31 / 14%)',
    boxShadowSecondary: '0 6px 24px rgb(20 35 31 / 14%)',
  },
  components: {
    Button: { primaryShadow: 'none', defaultShadow: 'none', dangerShadow: 'none', fontWeight: 500 },
    Table: {
      headerBg: 'transparent',
      headerSplitColor: 'transparent',
      headerColor: '#5b6a63',
      rowHoverBg: '#f6f9f7',
      borderColor: '#e6edea',
      cellPaddingBlock: 12,
    },
    Tabs: { horizontalItemPadding: '10px 0', titleFontSize: 14 },
    Modal: { titleFontSize: 17 },
  },
}
