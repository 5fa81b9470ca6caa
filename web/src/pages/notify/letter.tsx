// A notice as a letter on paper, for customers who are written to by post or told in person.
import { PrinterOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useQuery } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import { useSay } from '../../i18n/say.ts'
import { day } from '../../ui/format.ts'
import { Await, Page } from '../../ui/page.tsx'
import '../handover/handover.css'

export function PrintedLetter({ id }: { id: string }) {
  const { t } = useSay()
  const query = useQuery({ queryKey: ['outbox', 'one', id], queryFn: () => api.outbox.read(id) })
  const m = query.data
  return (
    <Page
      title={m?.customer_name ?? m?.title ?? t('outbox.title')}
      lead={t('told.printLead')}
      crumbs={[{ to: m ? `/outbox?handover=${m.handover}` : '/outbox', text: t('outbox.title') }]}
      actions={
        <Button type="primary" icon={<PrinterOutlined />} onClick={() => window.print()}>
          {t('told.print')}
        </Button>
      }
    >
      <Await query={query}>
        {(d) => (
          <article className="certificate">
            <h1>{d.title}</h1>
            <div className="letter-text">{d.body}</div>
            <div className="end">
              <p>{day(d.created_at)}</p>
            </div>
          </article>
        )}
      </Await>
    </Page>
  )
}
