// Ant Design in our theme and the chosen language.
import { useEffect, useState, type ReactNode } from 'react'
import { LoadingOutlined } from '@ant-design/icons'
import { ConfigProvider } from 'antd'
import zhCN from 'antd/locale/zh_CN'
import dayjs from 'dayjs'
import 'dayjs/locale/zh-cn'
import { useTranslation } from 'react-i18next'
import { theme } from './theme.ts'
import { Toasts } from './toast.tsx'

// The library's own icon stays behind, unseen and read aloud as “loading”, when its leaving is cut short.
const button = { autoInsertSpace: false, loadingIcon: <LoadingOutlined aria-hidden aria-label={undefined} /> }

type Locale = typeof zhCN

export function Dressed({ children }: { children: ReactNode }) {
  const { i18n } = useTranslation()
  const en = i18n.language.startsWith('en')
  const [english, setEnglish] = useState<Locale>()
  useEffect(() => {
    dayjs.locale(en ? 'en' : 'zh-cn')
    if (en && !english) void import('antd/locale/en_US').then((m) => setEnglish(m.default))
  }, [en, english])
  return (
    <ConfigProvider theme={theme} locale={en ? english : zhCN} button={button}>
      {children}
      <Toasts />
    </ConfigProvider>
  )
}
