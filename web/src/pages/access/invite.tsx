// A one-time link was followed: the person sets the own password, and is in.
import { useEffect } from 'react'
import { Link, useNavigate, useParams } from 'react-router'
import { Button, Form } from 'antd'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import { Problem } from '../../api/http.ts'
import { useSay } from '../../i18n/say.ts'
import { adopt, SESSION } from '../../session-query.ts'
import { FormProblem } from '../../ui/act.tsx'
import { unbroken } from '../../ui/dates.tsx'
import { minute } from '../../ui/format.ts'
import { Failed, Loading } from '../../ui/page.tsx'
import { Gate } from './gate.tsx'
import { NewPassword } from './new-password.tsx'

export default function Invite() {
  const { t } = useSay()
  const { code = '' } = useParams()
  const go = useNavigate()
  const queries = useQueryClient()
  const link = useQuery({ queryKey: ['invitation', code], queryFn: () => api.session.lookAtLink(code), retry: false, gcTime: 0 })
  useEffect(() => {
    document.title = `${t('invite.title')} · ${t('common.product')}`
  }, [t])
  const accept = useMutation({
    mutationFn: async ({ password }: { password: string }) => {
      const { login } = await api.session.acceptLink({ code, password })
      // With a second factor left, the sign-in page asks for it.
      return api.session.signIn({ login, password }).catch((e: unknown) => {
        if (e instanceof Problem) return null
        throw e
      })
    },
    onSuccess: (session) => {
      // What an earlier person saw goes, but not the link: it would be asked for again, now by somebody who is signed in;
      // and for one who has left, whatever is refused becomes an alert.
      queries.removeQueries({ predicate: (q) => q.queryKey[0] !== 'invitation' })
      if (session) queries.setQueryData(SESSION, adopt(session))
      void go(session ? '/' : '/signin', { replace: true })
    },
  })
  return (
    <Gate>
      {link.error ? (
        link.error instanceof Problem && link.error.status === 404 ? (
          <>
            <h2>{t('invite.gone')}</h2>
            <p className="notice bad" role="alert">
              {link.error.message}
            </p>
            <Link to="/signin">{t('invite.toSignIn')}</Link>
          </>
        ) : (
          <Failed error={link.error} retry={() => void link.refetch()} />
        )
      ) : link.data ? (
        <>
          <h2>{t(link.data.purpose === 'reset' ? 'invite.reset' : 'invite.welcome', { name: link.data.name })}</h2>
          <p className="quiet">
            {unbroken(t('invite.lead', { company: link.data.company || t('common.product'), login: link.data.login, until: minute(link.data.expires_at) }))}
          </p>
          <Form<{ password: string }> layout="vertical" requiredMark={false} disabled={accept.isPending} onFinish={(v) => accept.mutate(v)}>
            <FormProblem error={accept.error} />
            {/* So that a password manager keeps the right name. */}
            <input type="text" name="username" autoComplete="username" value={link.data.login} readOnly hidden />
            <NewPassword />
            <Button type="primary" htmlType="submit" size="large" block loading={accept.isPending}>
              {t('invite.set')}
            </Button>
          </Form>
          <p className="quiet hint">{t('invite.note')}</p>
        </>
      ) : (
        <Loading />
      )}
    </Gate>
  )
}
