// Put an alert off until a day. It comes back by itself.
import { Button, Dropdown } from 'antd'
import { useSay } from '../../i18n/say.ts'

export function Snooze({ small, onPick, disabled }: { small?: boolean; disabled?: boolean; onPick: (until: string) => void }) {
  const { t } = useSay()
  const inDays = (n: number) => new Date(Date.now() + n * 86_400_000).toISOString()
  return (
    <Dropdown
      trigger={['click']}
      disabled={disabled}
      menu={{
        items: [
          { key: '1', label: t('alerts.snooze.day') },
          { key: '7', label: t('alerts.snooze.week') },
          { key: '30', label: t('alerts.snooze.month') },
        ],
        onClick: ({ key }) => onPick(inDays(Number(key))),
      }}
    >
      <Button size={small ? 'small' : 'middle'}>{t('alerts.snooze.do')}</Button>
    </Dropdown>
  )
}
