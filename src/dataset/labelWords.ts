/** Words for yes and no, one pair per language or convention; pairs across languages are just as clear. */
export const plainYes = words(
  '1 true t yes y ja j oui o si sí s sim evet да tak ano kyllä igen はい 예 네 vâng có ya 是 真',
)
export const plainNo = words(
  '0 false f no n nein non não nao hayır hayir нет nie ne ei nem nej いいえ 아니요 아니오 không tidak 否 不是 假',
)
export const plainChurned = words(
  'churn|churned|churner|left|leaver|lost|cancelled|canceled|exited|attrited|attrited customer|attrition|quit|terminated|disconnected|deactivated|closed|gekündigt|résilié|流失|已流失|离网|已离网|離網|退网|销户|流失客户|离网客户|解約|이탈',
  '|',
)
export const plainStayed = words(
  'stay|stayed|staying|not churned|no churn|non-churn|non-churner|not churn|active|retained|existing|existing customer|current|kept|loyal|aktiv|actif|activo|未流失|在网|未离网|在網|留存|正常|非流失|未流失客户|在网客户|継続|유지',
  '|',
)

function words(text: string, between = ' '): ReadonlySet<string> {
  return new Set(text.split(between))
}

// Without accents and umlauts; matched by the beginning of a word where endings do not matter
const churnName = new RegExp(
  `^(${[
    'churn(?!less|free).*|attrit.*|left|leav(e|es|er|ers|ing)|lost|loss|lose|lapse.*|cancel.*|quit.*|exit.*|terminat.*|clos(e|ed|ure)',
    'deactivat.*|disconnect.*|defect(ed|ion|or)?|gone|drop(s|ped|out)?|abandon.*|end(ed|s)|expire[ds]?|switch(ed)?|inactiv.*|inaktiv.*|inactif|inativ.*|inattiv.*',
    '(ge)?kundig.*|(ge)?kuendig.*|abgang|abgewandert|abwander.*|verloren|inaktiv|resili.*|desabonn.*|depart|parti|perdu|perte',
    'baja|fuga|perdid[oa]|evasao|saiu|disdett.*|pers[oa]|opgezegd|opzegging|vertrokken|uppsag.*|opp?sagt|avslutat',
    'odszed.*|odejsci.*|rezygn.*|отток.*|ушел|ушла|iptal|ayril.*|kayip',
  ].join('|')})$`,
)
const stayName = new RegExp(
  `^(${[
    'active|actively|retain.*|retention|stay.*|loyal.*|alive|live|surviv.*|renew.*|kept|keep.*|current|currently|exist.*|remain.*|still',
    'continu.*|ongoing|persist.*|subscri.*|enrolled|engaged|inforce|maintain.*|extended|extension|prolong.*|present|repeat.*|return(s|ed|ing)?|repurchas.*|rebuy.*|open|force',
    'aktiv(e|er|es|o|t|a|ni)?|aktywn.*|aktif|actifs?|actives|activ[oa]s?|ativ[oa]s?|attiv[oa]|actief|активн.*|активен',
    '(ver)?bleib.*|(ver|ge)blieben|weiterhin|bestand|bestandskunden?|treu|gehalten|behalten|gebunden|verlangert|verlaengert',
    'rest(e|es|ent|ee?s?)|fideles?|fidelise|conserv.*|retenue?|maintenue?|renouvel.*|abonne|toujours',
    'permane.*|sigue|queda|retenid[oa]|renov.*|vigente|fiel|leal|mantiene|suscrit[oa]|ficou|retid[oa]|assinante|mantem|mantid[oa]|rima(ne|st[oa])|fedele|rinnov.*|abbonat[oa]',
    'blijft|gebleven|behouden|trouw|verlengd|stannar|kvar|lojal|forbliver|forblir|pozosta.*|zosta(l|je)|lojaln.*|оста(лся|лась|ется)|лоял.*|продл.*|удержан.*|kaldi|devam|sadik',
  ].join('|')})$`,
)
const customerName =
  /^(customer|client|kunde|kundin|cliente|klant|kund|klient|member|mitglied|membre|user|abonnent|клиент)$/
const isName = /^(is|has|was|be|are|still|ist|hat|noch|est|es|e|sigue|toujours|er|ar|jest|flag|ind|yn)$/
const noName =
  /^(no|not|non|never|without|cannot|none|isnt|hasnt|didnt|doesnt|dont|wasnt|kein|keine|nicht|nie|ohne|pas|sans|jamais|sin|nunca|nao|sem|niet|geen|zonder|inte|ej|ikke|uden|uten|bez|senza|не|без|нет|degil|un|zero)$/
const withoutName = /^(free|less|proof|frei|los|fri)$/
const gluedNo = /^(non|not|no|un|never|nicht|kein|nie|anti)(.{3,})$/
const gluedCustomer =
  /^(?:is|has|was|still)?(.{3,}?)(?:flag|ind|indicator|yn|status|customer|client|member|user|account)?$/

// Chinese, Japanese and Korean write no spaces. 未来流失 is churn to come, 是否流失 whether
const characters = {
  no: '未|非|不|无|無|没|沒|没有|沒有|미|비',
  churn:
    '流失|离网|離網|退网|退網|销户|銷戶|取消|解约|解約|注销|註銷|退订|退訂|离开|離開|离职|停机|停用|失效|失活|離脱|이탈|해지',
  stay: '在网|在網|留存|续约|續約|续费|續費|续订|續訂|存活|存续|活跃|活躍|保留|忠诚|忠誠|留下|仍在|在用|在册|在籍|正常|継続|继续|繼續|維持|维持|残存|アクティブ|유지|잔존|활성|활동|재구매',
  noBehind: 'なし|していない|しない|无|無',
} as const
const namedByCharacters = new RegExp(
  `(${characters.no})?(?:(${characters.churn})|${characters.stay})(${characters.noBehind})?`,
  'g',
)

/**
 * Returns whether yes in a column of this name means, or may well mean, that the customer stayed: `active`, `isActive`,
 * `not_churned`, `churn_free`, `bleibt`, `未流失`. A word for churn without a negation decides, whatever is next to it:
 * `retention_churn`, `current churn`.
 */
export function namesStayed(label: string): boolean {
  const plain = label.normalize('NFKC')
  const meanings = [...meaningsOf(nameWords(plain)), ...meaningsOfCharacters(plain)]
  if (meanings.includes('no churn')) return true
  return meanings.includes('stay') && !meanings.includes('churn')
}

type Meaning = 'churn' | 'no churn' | 'stay'

function nameWords(label: string): string[] {
  return label
    .replaceAll(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2')
    .replaceAll(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .replaceAll(/['’]/g, '')
    .toLowerCase()
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .normalize('NFC')
    .split(/[^\p{L}]+/u)
    .filter((word) => word !== '')
}

function meaningsOfCharacters(label: string): Meaning[] {
  return [...label.matchAll(namedByCharacters)].map(([, no, churn, noBehind]) => {
    const meaning = churn === undefined ? 'stay' : 'churn'
    return (no === undefined) === (noBehind === undefined) ? meaning : denied(meaning)
  })
}

function meaningsOf(names: readonly string[]): Meaning[] {
  const meanings: Meaning[] = []
  let isDenied = false
  for (const [index, word] of names.entries()) {
    if (withoutName.test(word) && meanings.at(-1) === 'churn') meanings[meanings.length - 1] = 'no churn'
    else if (noName.test(word)) isDenied = !isDenied
    else {
      const meaning = meaningOf(word, names.slice(0, index), names.length)
      if (meaning === undefined) continue
      meanings.push(isDenied ? denied(meaning) : meaning)
      isDenied = false
    }
  }
  // churn_no, kündigt_nicht
  if (isDenied && meanings.at(-1) === 'churn') meanings[meanings.length - 1] = 'no churn'
  return meanings
}

function meaningOf(word: string, before: readonly string[], count: number): Meaning | undefined {
  if (churnName.test(word)) return 'churn'
  if (/^churn(less|free)$/.test(word)) return 'no churn'
  if (stayName.test(word)) return 'stay'
  if (customerName.test(word))
    return count === 1 || before.some((each) => isName.test(each)) ? 'stay' : undefined
  const glued = gluedCustomer.exec(word)?.[1]
  if (glued !== undefined && glued !== word) return meaningOf(glued, before, count)
  const no = gluedNo.exec(word)?.[2]
  const meaning = no === undefined ? undefined : meaningOf(no, before, count)
  return meaning === undefined ? undefined : denied(meaning)
}

function denied(meaning: Meaning): Meaning {
  return meaning === 'churn' ? 'no churn' : 'churn'
}
