// A box to pick one of many by typing a part of its name: the server looks, a breath after the last key.
import { useEffect, useState } from 'react'
import { Select } from 'antd'
import { useQuery, type QueryKey } from '@tanstack/react-query'
import { useSay } from '../i18n/say.ts'
import { Problem } from '../api/http.ts'

export interface Choice {
  value: string
  label: string
}

/** Choices under a heading. */
export interface Choices {
  label: string
  options: Choice[]
}

export function Pick({
  value,
  shown,
  label,
  hint,
  width,
  queryKey,
  find,
  onChange,
}: {
  value: string | undefined
  /** How the picked one is called, when it is not among the choices at hand. */
  shown?: string
  label: string
  /** What to type, where the name of the box stands above it anyway. */
  hint?: string
  width: number | '100%'
  queryKey: QueryKey
  find: (text: string) => Promise<(Choice | Choices)[]>
  onChange: (value: string | undefined, label?: string) => void
}) {
  const { t } = useSay()
  const [text, setText] = useState('')
  const [asked, setAsked] = useState('')
  const [open, setOpen] = useState(false)
  useEffect(() => {
    const wait = setTimeout(() => setAsked(text.trim()), 250)
    return () => clearTimeout(wait)
  }, [text])
  const choices = useQuery({ queryKey: [...queryKey, asked], queryFn: () => find(asked), enabled: open, staleTime: 60_000 })
  const options = choices.data ?? []
  const flat = options.flatMap((o) => ('options' in o ? o.options : [o]))
  const known = !value || flat.some((o) => o.value === value)
  return (
    <Select
      allowClear
      showSearch={{ filterOption: false, onSearch: setText }}
      value={value}
      placeholder={hint ?? label}
      aria-label={label}
      style={{ width }}
      loading={choices.isFetching}
      onOpenChange={setOpen}
      onChange={(v?: string) => {
        setText('')
        onChange(v, flat.find((o) => o.value === v)?.label)
      }}
      options={known ? options : [{ value, label: shown ?? value }, ...options]}
      notFoundContent={
        choices.error
          ? choices.error instanceof Problem
            ? choices.error.message
            : t('common.unreachable')
          : choices.isFetching
            ? t('common.loading')
            : t('common.noneFound')
      }
    />
  )
}
