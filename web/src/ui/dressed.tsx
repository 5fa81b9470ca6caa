// Ant Design in our theme and the chosen language. Around every room but those that do without (rooms.ts), and there
// around each piece that does not (later.tsx).
import { useEffect, useMemo, useSyncExternalStore, type ReactNode } from 'react'
import { LoadingOutlined } from '@ant-design/icons'
import { ConfigProvider } from 'antd'
import enUS from 'antd/es/locale/en_US'
import zhCN from 'antd/es/locale/zh_CN'
import dayjs from 'dayjs'
import 'dayjs/locale/zh-cn'
import { useSay } from '../i18n/say.ts'
import { theme } from './theme.ts'

// The library's own icon stays behind, unseen and read aloud as “loading”, when its leaving is cut short.
const button = { autoInsertSpace: false, loadingIcon: <LoadingOutlined aria-hidden aria-label={undefined} /> }

const still = matchMedia('(prefers-reduced-motion: reduce)')
const watchStill = (changed: () => void) => {
  still.addEventListener('change', changed)
  return () => still.removeEventListener('change', changed)
}

export function Dressed({ children }: { children: ReactNode }) {
  const { en } = useSay()
  useEffect(() => void dayjs.locale(en ? 'en' : 'zh-cn'), [en])
  // A window waits for the end of its movement before it goes: whoever wants none must get none, and not one that never ends.
  const unmoved = useSyncExternalStore(watchStill, () => still.matches)
  const dress = useMemo(() => (unmoved ? { ...theme, token: { ...theme.token, motion: false } } : theme), [unmoved])
  return (
    <ConfigProvider theme={dress} locale={en ? enUS : zhCN} button={button}>
      {children}
    </ConfigProvider>
  )
}
