// A day as the server writes it, in a form or alone: one look in every browser, where the browser's own box would
// write the day in the browser's language and not in the page's.
import { DatePicker } from 'antd'
import dayjs from 'dayjs'

export function Day({
  id,
  value,
  onChange,
  min,
  max,
  width = '100%',
  prefix,
  label,
}: {
  id?: string
  value?: string
  onChange?: (day?: string) => void
  min?: string
  max?: string
  width?: number | string
  prefix?: React.ReactNode
  /** Where no label stands before it. */
  label?: string
}) {
  return (
    <DatePicker
      id={id}
      value={value ? dayjs(value) : null}
      minDate={min ? dayjs(min) : undefined}
      maxDate={max ? dayjs(max) : undefined}
      style={{ width }}
      prefix={prefix}
      {...(label ? { 'aria-label': label, placeholder: label } : {})}
      onChange={(d: dayjs.Dayjs | null) => onChange?.(d ? d.format('YYYY-MM-DD') : undefined)}
    />
  )
}
