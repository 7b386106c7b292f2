import { numberInWords } from '../../base/printable.js'
import type { WindowRule } from '../../base/windows.js'
import type { NumberRange, RowCondition } from '../../population/rowFilter.js'
import type { EventTableName } from '../../table/inputs.js'
import { type Language, type Parts, percentNumber, splitName } from './language.js'

const percent = (share: number): string => `${percentNumber(share)}%`
const days = (n: number): string => `${numberInWords(n)}天`
const months = (n: number): string => `${numberInWords(n)}个月`

const is = (name: string, value: string): string => `${name}为${value}`

const quoted = (text: string): string => `“${text}”`

const isValue = (_: Parts, x: string, __: number, name: string): string => is(name, x)

/** Rows of a table, their measure word, and what stands before a column. */
const nouns: Readonly<Record<EventTableName, readonly [string, string, string]>> = {
  usage: ['使用记录', '条', ''],
  bills: ['账单', '张', '账单'],
  payments: ['付款', '笔', '付款'],
  plans: ['套餐变更', '次', '套餐'],
  contacts: ['客服联系', '次', '客服联系'],
  devices: ['设备记录', '条', '设备'],
}

/** Columns of the input tables, and of the measures in the glossary; all others keep their names. */
const columns = new Map(
  Object.entries({
    activatedAt: '入网日',
    amount: '金额',
    balance: '余额',
    bound: '捆绑',
    contractEnd: '协议到期日',
    converged: '融合',
    dataMb: '流量（MB）',
    deviceId: '设备编号',
    discount: '优惠',
    fee: '费用',
    from: '生效日',
    kind: '类型',
    messages: '短信条数',
    minutes: '通话分钟数',
    overage: '超套费用',
    paymentType: '付费类型',
    plan: '套餐',
  }),
)

const column = (name: string): string => columns.get(name) ?? splitName(name)

function range(what: string, [from, to]: NumberRange): string {
  const bounds = [from === null ? '' : `不低于${from}`, to === null ? '' : `低于${to}`]
  return what + bounds.filter((text) => text !== '').join('且')
}

function notIn(what: string, [from, to]: NumberRange): string {
  const bounds = [from === null ? '' : `低于${from}`, to === null ? '' : `不低于${to}`]
  return what + bounds.filter((text) => text !== '').join('或')
}

function conditionWords(condition: RowCondition, words: (name: string) => string): string {
  if ('weekday' in condition)
    return condition.weekday.map((day) => `周${'一二三四五六日'[day - 1]}`).join('或')
  const own = words(condition.column)
  if ('in' in condition) return is(own, condition.in.map(quoted).join('或'))
  if ('notIn' in condition) return `${own}不为${condition.notIn.map(quoted).join('或')}`
  if ('between' in condition) return range(own, condition.between)
  if ('notBetween' in condition) return notIn(own, condition.notBetween)
  return condition.is ? own : `非${own}`
}

function windowWords(window: WindowRule): string {
  if (window === 'all') return '至今'
  const [length, of] = 'days' in window ? [window.days, days] : [window.months, months]
  const { lag } = window
  return lag !== undefined && lag > 0 ? `截至${of(lag)}前的${of(length)}` : `最近${of(length)}`
}

const before = (length: number): string => (length === 1 ? '前一个月' : `此前${months(length)}均值`)

function dayFromHere(what: string, n: number): string {
  if (n === 0) return `${what}在预测当日`
  return n > 0 ? `${what}在${days(n)}后` : `${what}在${days(-n)}前`
}

const inARow = (how: string, p: Parts, n: number): string =>
  `截至目前${n === 0 ? `连续${how}的月数为0` : `已连续${months(n)}${how}`}（最多计${months(p.months)}）`

const monthsInARow = (how: string, p: Parts): string => `连续${how}的月数（最多计${months(p.months)}）`

/** Chinese. */
export const chinese: Language = {
  phrases: {
    count: [
      (p) => `${p.window}的${p.rows}数`,
      (p, _, n) => `${p.window}${n === 0 ? `没有${p.rows}` : `有${p.counted(n)}`}`,
    ],
    activeDays: [
      (p) => `${p.window}有${p.mass}的天数`,
      (p, _, n) => `${p.window}${n === 0 ? `没有一天有${p.mass}` : `有${days(n)}出现${p.mass}`}`,
    ],
    gapMean: [
      (p) => `${p.window}有${p.mass}的日子的平均间隔`,
      (_, __, n, name) => is(name, days(n)),
      (p) => `${p.window}有${p.mass}的日子不足两天`,
    ],
    gapDeviation: [
      (p) => `${p.window}有${p.mass}的日子的间隔标准差`,
      (_, __, n, name) => is(name, days(n)),
      (p) => `${p.window}有${p.mass}的日子不足三天`,
    ],
    sum: [(p) => `${p.window}的${p.what}合计`, isValue],
    mean: [(p) => `${p.window}的${p.what}均值`, isValue],
    min: [(p) => `${p.window}的最低${p.what}`, isValue],
    max: [(p) => `${p.window}的最高${p.what}`, isValue],
    distinct: [
      (p) => `${p.window}的${p.what}不同取值数`,
      (p, x, n) => `${p.window}的${p.what}${n === 0 ? '没有取值' : `有${x}种取值`}`,
    ],
    entropy: [(p) => `${p.window}的${p.what}取值分散度（熵）`, isValue],
    changes: [
      (p) => `${p.window}的${p.what}变化次数`,
      (p, x, n) => `${p.window}的${p.what}${n === 0 ? '没有变化' : `变化了${x}次`}`,
    ],
    first: [(p) => `${p.window}的首个${p.what}`, isValue],
    last: [(p) => `${p.window}的最新${p.what}`, isValue],
    recency: [
      (p) => `距上次${p.row}的天数`,
      (p, _, n) => `上次${p.row}在${days(n)}前`,
      (p) => `没有${p.row}的记录`,
    ],
    slope: [
      (p) => `最近${months(p.months)}的${p.what}月均变化`,
      (p, x, n) =>
        `最近${months(p.months)}的${p.what}${n === 0 ? '不升不降' : `平均每月${n > 0 ? '上升' : '下降'}${x.replace('-', '')}`}`,
    ],
    drop: [
      (p) => `最近1个月的${p.what}较${before(p.months)}的降幅`,
      (p, _, n) =>
        `最近1个月的${p.what}${
          n === 0
            ? `与${before(p.months)}持平`
            : `较${before(p.months)}${n > 0 ? '下降' : '上升'}${percent(Math.abs(n))}`
        }`,
    ],
    variability: [
      (p) => `最近${months(p.months)}的${p.what}月度波动`,
      (_, __, n, name) => `${name}为均值的${percent(n)}`,
    ],
    active: [(p) => monthsInARow(`有${p.mass}`, p), (p, _, n) => inARow(`有${p.mass}`, p, n)],
    silent: [(p) => monthsInARow(`没有${p.mass}`, p), (p, _, n) => inARow(`没有${p.mass}`, p, n)],
    rising: [(p) => monthsInARow(`${p.what}上升`, p), (p, _, n) => inARow(`${p.what}上升`, p, n)],
    falling: [(p) => monthsInARow(`${p.what}下降`, p), (p, _, n) => inARow(`${p.what}下降`, p, n)],
    openCount: [
      (p) => `${p.column}仍为空的${p.rows}数`,
      (p, _, n) => (n === 0 ? `没有${p.column}仍为空的${p.rows}` : `有${p.counted(n)}的${p.column}仍为空`),
    ],
    openOldestDays: [
      (p) => `最早一次${p.column}仍为空的${p.row}距今天数`,
      (p, _, n) => `最早一次${p.column}仍为空的${p.row}在${days(n)}前`,
      (p) => `没有${p.column}仍为空的${p.row}的记录`,
    ],
    oldestUnpaid: [
      (p) => `最早未被${p.of[1]}抵付的${p.of[0]}距今天数`,
      (p, _, n) => `最早未被${p.of[1]}抵付的${p.of[0]}已有${days(n)}`,
      (p) => `没有未被${p.of[1]}抵付的${p.of[0]}的记录`,
    ],
    tenure: [() => '在网月数', (_, __, n) => `在网${months(n)}`],
    attribute: [(p) => p.column, isValue],
    isOther: [
      (p) => `${p.column}是否为他人`,
      (p, x, n, name) =>
        n === 1 ? is(p.column, '他人') : n === 0 ? is(p.column, '客户本人') : `${name}：${x}`,
    ],
    inForce: [(p) => (p.column === '套餐' ? '当前套餐' : `当前套餐的${p.column}`), isValue],
    wasInForce: [(p) => `${p.ago}的套餐${p.column === '套餐' ? '' : `的${p.column}`}`, isValue],
    contractEnd: [
      () => '距协议到期的天数',
      (_, __, n) =>
        n < 0 ? `协议已于${days(-n)}前到期` : n === 0 ? '协议在预测当日到期' : `协议将在${days(n)}后到期`,
      () => '没有协议到期日的记录',
    ],
    planStart: [
      () => '距当前套餐生效日的天数',
      (_, __, n) => (n < 0 ? `当前套餐于${days(-n)}前生效` : dayFromHere('当前套餐的生效日', n)),
    ],
    planDay: [(p) => `距当前套餐的${p.column}的天数`, (p, _, n) => dayFromHere(`当前套餐的${p.column}`, n)],
    activation: [
      () => '距入网日的天数',
      (_, __, n) => (n < 0 ? `${days(-n)}前入网` : dayFromHere('入网日', n)),
    ],
    customerDay: [(p) => `距${p.column}的天数`, (p, _, n) => dayFromHere(p.column, n)],
    difference: [(p) => `${p.of[0]}减去${p.of[1]}`, isValue],
    ratio: [(p) => `${p.of[0]}与${p.of[1]}之比`, isValue],
    share: [
      (p) => `${p.of[1]}中${p.condition}的占比`,
      (p, _, n) => `${p.of[1]}中，${p.condition}的占${percent(n)}`,
    ],
    portion: [
      (p) => `${p.of[0]}相当于${p.of[1]}的比例`,
      (p, _, n) => `${p.of[0]}相当于${p.of[1]}的${percent(n)}`,
    ],
    countTrue: [
      (p) => `（${p.of.join('；')}）中大于0的项数`,
      (p, x, n) => `（${p.of.join('；')}）中${n === 0 ? '没有一项' : `有${x}项`}大于0`,
    ],
    log1p: [(p) => `${p.of[0]}的对数`],
    sqrt: [(p) => `${p.of[0]}的平方根`],
    band: [
      (p) => `${p.of[0]}的分段（界限：${p.edges.join('、')}）`,
      (p, x, n, name) => {
        const [from = null, to = null] = [p.edges[n - 1], p.edges[n]]
        return from === to ? is(name, x) : range(p.of[0]!, [from, to])
      },
    ],
    percentile: [
      (p) => `${p.of[0]}在${p.of[1]}中的百分位`,
      (p, _, n) => `${p.of[0]}在${p.of[1]}中位于第${percentNumber(n)}百分位`,
    ],
  },
  column,
  measured(table, name) {
    const [prefix, words] = [nouns[table][2], column(name)]
    return words.startsWith(prefix) ? words : `${prefix}${/^\p{Script=Han}/u.test(words) ? '' : ' '}${words}`
  },
  counted(table, n) {
    const [rows, measureWord] = nouns[table]
    return `${numberInWords(n)}${measureWord}${rows}`
  },
  rows(table) {
    const [rows] = nouns[table]
    return { rows, row: rows, mass: rows }
  },
  conditions: (conditions, words) => conditions.map((each) => conditionWords(each, words)).join('，'),
  enclosed: (text) => `（${text}）`,
  window: windowWords,
  ago: (lag) => `${'days' in lag ? days(lag.days) : months(lag.months)}前`,
  among: (group) => (group === null ? '全体客户' : `${group}相同的客户`),
  is,
  text: quoted,
  unknown: (name) => `${name}未知`,
  withUnit: (value, unit) => `${value} ${unit}`,
  dayFromHere,
  factor: (factor, beyond) => `×${factor}${beyond === 0 ? '' : beyond < 0 ? '或更小' : '或更大'}`,
  withOdds: (reason, factor) => `${reason}（流失发生比 ${factor}）`,
  withPoints: (reason, points) => `${reason}（流失风险 ${points} 个百分点）`,
  nowAndBefore: (now, before) => `${now}；此前：${before}`,
  moved: (factor, parts) => `与上次评分相比，流失发生比 ${factor}：${parts.join('，')}`,
  movers: { customer: '客户自身变化', model: '模型更新', baseRate: '基准流失率' },
  // A space between Chinese characters and letters or digits, as publishers set them; not in what is quoted
  finish: (text) =>
    text.replaceAll(
      /“[^”]*”|\p{Script=Han}(?=[\p{Script=Latin}\d+−-])|[\p{Script=Latin}\d%](?=\p{Script=Han})/gu,
      (found) => (found.startsWith('“') ? found : `${found} `),
    ),
}
