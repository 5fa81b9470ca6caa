// Ant Design in our theme and the chosen language.
import { useEffect, type ReactNode } from 'react'
import { LoadingOutlined } from '@ant-design/icons'
import { ConfigProvider } from 'antd'
import enUS from 'antd/es/locale/en_US'
import zhCN from 'antd/es/locale/zh_CN'
import dayjs from 'dayjs'
import 'dayjs/locale/zh-cn'
import { useTranslation } from 'react-i18next'
import { theme } from './theme.ts'
import { Toasts } from './toast.tsx'

// The library's own icon stays behind, unseen and read aloud as “loading”, when its leaving is cut short.
const button = { autoInsertSpace: false, loadingIcon: <LoadingOutlined aria-hidden aria-label={undefined} /> }

export function Dressed({ children }: { children: ReactNode }) {
  const { i18n } = useTranslation()
  const en = i18n.language.startsWith('en')
  useEffect(() => void dayjs.locale(en ? 'en' : 'zh-cn'), [en])
  return (
    <ConfigProvider theme={theme} locale={en ? enUS : zhCN} button={button}>
      {children}
      <Toasts />
    </ConfigProvider>
  )
}
