// A box that filters as one types, after a breath; Enter does it at once.
import { useEffect, useRef, useState } from 'react'
import { Input } from 'antd'
import { SearchOutlined } from '@ant-design/icons'

export function SearchBox({
  value,
  label,
  width,
  onSearch,
}: {
  value: string | undefined
  label: string
  width: number
  onSearch: (text: string | undefined) => void
}) {
  const [text, setText] = useState(value ?? '')
  const wait = useRef<ReturnType<typeof setTimeout>>(undefined)
  // The address may change from outside (clear filters, back).
  useEffect(() => setText(value ?? ''), [value])
  useEffect(() => () => clearTimeout(wait.current), [])
  const send = (next: string) => {
    clearTimeout(wait.current)
    if ((next.trim() || undefined) !== value) onSearch(next.trim() || undefined)
  }
  return (
    <Input
      allowClear
      value={text}
      prefix={<SearchOutlined aria-hidden style={{ color: '#64736c' }} />}
      placeholder={label}
      aria-label={label}
      style={{ width }}
      onChange={(e) => {
        setText(e.target.value)
        clearTimeout(wait.current)
        wait.current = setTimeout(send, 350, e.target.value)
      }}
      onPressEnter={() => send(text)}
    />
  )
}
