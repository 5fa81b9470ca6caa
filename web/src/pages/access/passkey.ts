// The browser's side of passkeys: bytes to base64url and back. What is accepted is the server's to say.
import type { NewPasskey, PasskeyAnswer } from '../../api/types.ts'

const toText = (bytes: ArrayBuffer) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')

const toBytes = (text: string) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0))

export const hasPasskeys = () => typeof PublicKeyCredential !== 'undefined' && window.isSecureContext

interface Asked {
  rp: PublicKeyCredentialRpEntity
  user: { id: string; name: string; displayName: string }
  challenge: string
  pubKeyCredParams: PublicKeyCredentialParameters[]
  timeout: number
  excludeCredentials: { type: 'public-key'; id: string }[]
  authenticatorSelection: AuthenticatorSelectionCriteria
  attestation: AttestationConveyancePreference
}

/** Makes a key on this device. Null when the person turned away. */
export async function makePasskey(options: unknown, name: string): Promise<NewPasskey | null> {
  const asked = options as Asked
  const made = await navigator.credentials
    .create({
      publicKey: {
        ...asked,
        user: { ...asked.user, id: toBytes(asked.user.id) },
        challenge: toBytes(asked.challenge),
        excludeCredentials: asked.excludeCredentials.map((c) => ({ type: c.type, id: toBytes(c.id) })),
      },
    })
    .catch(turnedAway)
  if (!(made instanceof PublicKeyCredential)) return null
  const answer = made.response as AuthenticatorAttestationResponse
  const key = answer.getPublicKey()
  if (!key) return null
  return {
    name,
    credential: toText(made.rawId),
    client_data: toText(answer.clientDataJSON),
    authenticator_data: toText(answer.getAuthenticatorData()),
    public_key: toText(key),
    algorithm: answer.getPublicKeyAlgorithm(),
  }
}

/** Answers the server's question with a key of this device. Null when the person turned away. */
export async function answerWithPasskey(challenge: string, host: string): Promise<PasskeyAnswer | null> {
  const found = await navigator.credentials
    .get({ publicKey: { challenge: toBytes(challenge), rpId: host, userVerification: 'required', timeout: 300_000 } })
    .catch(turnedAway)
  if (!(found instanceof PublicKeyCredential)) return null
  const answer = found.response as AuthenticatorAssertionResponse
  return {
    credential: toText(found.rawId),
    client_data: toText(answer.clientDataJSON),
    authenticator_data: toText(answer.authenticatorData),
    signature: toText(answer.signature),
    user: answer.userHandle ? toText(answer.userHandle) : null,
  }
}

// Cancelled, timed out, or a key that this device has already: none of it is an error of the page.
const turnedAway = (error: unknown) => {
  if (error instanceof DOMException) return null
  throw error
}
