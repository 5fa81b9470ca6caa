// What leaving withholds by itself, and the company's bound of customers a day: told where restrictions are, changed where the
// company's settings are.
import { useState } from 'react'
import { Button, InputNumber } from 'antd'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import { useSay } from '../../i18n/say.ts'
import { useMay } from '../../session.tsx'
import { FormProblem } from '../../ui/act.tsx'
import { Await, Card } from '../../ui/page.tsx'

export function Bound() {
  const { t } = useSay()
  const may = useMay()
  const queries = useQueryClient()
  const query = useQuery({ queryKey: ['freeze'], queryFn: api.freeze.read })
  const [value, setValue] = useState<number | null>(null)
  const save = useMutation({
    mutationFn: () => api.freeze.save({ customers_per_day: value ?? query.data?.customers_per_day ?? 50 }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['freeze'] }),
  })
  return (
    <Card title={t('restrict.byDefault')} note={t('restrict.byDefaultNote')}>
      <Await query={query} rows={1}>
        {(f) => (
          <div className="row">
            <span>{t('restrict.perDay')}</span>
            {may('company.edit') ? (
              <>
                <InputNumber min={5} max={1000} value={value ?? f.customers_per_day} onChange={setValue} aria-label={t('restrict.perDay')} />
                <Button disabled={value === null || value === f.customers_per_day} loading={save.isPending} onClick={() => save.mutate()}>
                  {t('common.save')}
                </Button>
              </>
            ) : (
              <>
                <b>{f.customers_per_day}</b> <span className="quiet">{t('restrict.boundForbidden')}</span>
              </>
            )}
          </div>
        )}
      </Await>
      <FormProblem error={save.error} />
    </Card>
  )
}
