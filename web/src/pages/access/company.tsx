// The company's own settings: what it is called, which day it is there, and the names it goes by.
import { Button, Form } from 'antd'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { CompanySettings } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { useMay } from '../../session.tsx'
import { SESSION } from '../../session-query.ts'
import { Act, FormProblem } from '../../ui/act.tsx'
import { Await, Card, Page } from '../../ui/page.tsx'
import { useToast } from '../../ui/toast.tsx'
import { Bound } from '../restrictions/bound.tsx'
import { CompanyFields, CustomerLimit, OwnNames } from './company-form.tsx'

function Settings({ company }: { company: CompanySettings }) {
  const { t } = useSay()
  const may = useMay()
  const toast = useToast()
  const queries = useQueryClient()
  const [form] = Form.useForm<CompanySettings>()
  const save = useMutation({
    mutationFn: (v: CompanySettings) => api.company.save({ ...company, ...v }),
    onSuccess: async () => {
      toast.good(t('common.saved'))
      await Promise.all([
        queries.invalidateQueries({ queryKey: ['company'] }),
        queries.invalidateQueries({ queryKey: ['companies'] }),
        queries.invalidateQueries({ queryKey: SESSION }),
      ])
    },
  })
  const because = may('company.edit') ? null : t('log.authoritiesForbidden')
  return (
    <Form form={form} layout="vertical" requiredMark={false} initialValues={company} disabled={because !== null} onFinish={(v) => save.mutate(v)}>
      <FormProblem error={save.error} />
      <div className="two">
        <Card title={t('setUp.step.company')}>
          <CompanyFields />
          <CustomerLimit />
        </Card>
        <Card title={t('setUp.step.names')} note={t('setUp.namesLead')}>
          <OwnNames />
        </Card>
      </div>
      <div className="row" style={{ marginTop: 18 }}>
        <Act type="primary" htmlType="submit" because={because} loading={save.isPending}>
          {t('common.save')}
        </Act>
        <Button onClick={() => form.resetFields()}>{t('common.undo')}</Button>
      </div>
    </Form>
  )
}

export default function CompanyPage() {
  const { t } = useSay()
  const query = useQuery({ queryKey: ['company'], queryFn: api.company.read })
  return (
    <Page title={t('nav.company')} lead={t('company.lead')}>
      <div className="stack">
        <Await query={query}>{(c) => <Settings company={c} />}</Await>
        <Bound />
      </div>
    </Page>
  )
}
