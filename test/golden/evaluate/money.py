"""Maximum profit, expected maximum profit, costs and savings by empulse 0.13.1 (numpy 2.4.6), written to money.json.

python3 -m venv venv && venv/bin/pip install empulse==0.13.1 numpy==2.4.6 && venv/bin/python money.py > money.json

mpc_score and empc_score state the offer as an amount (`incentive_cost`) and take the acceptance as a number or a Beta;
their targets are `optimal_rate`. savings_score thresholds probabilities customer by customer at the cost threshold.
"""

import json

import numpy as np
from empulse.metrics import cost_loss, empc_score, mpc_score, savings_score


def case(name, p, y, clv, incentive, contact, alpha, beta):
    p, y = np.asarray(p, float), np.asarray(y, int)
    money = dict(clv=clv, incentive_cost=incentive, contact_cost=contact)
    rate = alpha / (alpha + beta)
    return {
        'name': name,
        'probability': p.tolist(),
        'outcome': y.tolist(),
        'offer': {
            'customerValue': clv,
            'offerCost': incentive,
            'contactCost': contact,
            'acceptance': {'alpha': alpha, 'beta': beta},
        },
        'maximumProfit': float(mpc_score(y, p, accept_rate=rate, **money)),
        'maximumTarget': float(mpc_score.optimal_rate(y, p, accept_rate=rate, **money)),
        'expectedMaximumProfit': float(empc_score(y, p, alpha=alpha, beta=beta, **money)),
        'expectedTarget': float(empc_score.optimal_rate(y, p, alpha=alpha, beta=beta, **money)),
    }


def cost_case(name, p, y, tp, fp, fn, tn):
    p, y = np.asarray(p, float), np.asarray(y, int)
    costs = dict(tp_cost=tp, fp_cost=fp, fn_cost=fn, tn_cost=tn)
    listed = {key: value.tolist() if isinstance(value, np.ndarray) else value for key, value in costs.items()}
    threshold = (fp - tn) / (fp - tn + fn - tp)
    decided = (p > threshold).astype(int)
    return {
        'name': name,
        'probability': p.tolist(),
        'outcome': y.tolist(),
        'costs': {
            'truePositive': listed['tp_cost'],
            'falsePositive': listed['fp_cost'],
            'falseNegative': listed['fn_cost'],
            'trueNegative': listed['tn_cost'],
        },
        'contacted': decided.tolist(),
        'totalCost': float(cost_loss(y, p, **costs)),
        'savings': float(savings_score(y, p, **costs)),
    }


random = np.random.default_rng(20260701)
p200 = random.uniform(0.01, 0.99, 200)
y200 = (random.uniform(size=200) < p200**2).astype(int)
p_ties = np.round(p200, 1)
p_rare = random.uniform(0.001, 0.2, 1000)
y_rare = (random.uniform(size=1000) < p_rare / 3).astype(int)
worse = 1 - p200

cases = [
    case('200 customers', p200, y200, 200.0, 10.0, 1.0, 6.0, 14.0),
    case('ties', p_ties, y200, 200.0, 10.0, 1.0, 6.0, 14.0),
    case('a dear offer', p_ties, y200, 100.0, 40.0, 3.0, 2.0, 5.0),
    case('churners are rare', p_rare, y_rare, 500.0, 20.0, 2.5, 3.0, 7.0),
    case('worse than chance', worse, y200, 200.0, 10.0, 1.0, 6.0, 14.0),
    case('a U-shaped acceptance', p200, y200, 200.0, 10.0, 1.0, 0.5, 0.5),
]
value = random.uniform(20, 400, 200)
cost_cases = [
    cost_case('costs for all', p200, y200, 5.0, 12.0, 90.0, 0.0),
    cost_case('costs by customer', p200, y200, 0.4 * value, 12.0 + 0.05 * value, value, 0.0),
    cost_case('a cost of those who stayed', p200, y200, 0.2 * value, 15.0, value, random.uniform(0, 5, 200)),
]
print(json.dumps({'profit': cases, 'cost': cost_cases}))
