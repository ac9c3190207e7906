"""Words of Japanese, Chinese, Korean, Russian, German, Portuguese, Spanish, French and Italian logs, and the English words
that they stand for."""

from __future__ import annotations

from collections.abc import Mapping

_JAPANESE = {
    "損失": "loss",
    "損失関数": "loss",
    "ロス": "loss",
    "コスト": "cost",
    "学習損失": "train loss",
    "訓練損失": "train loss",
    "検証損失": "val loss",
    "正解率": "accuracy",
    "正答率": "accuracy",
    "精度": "accuracy",
    "適合率": "precision",
    "再現率": "recall",
    "F値": "f1",
    "学習率": "lr",
    "勾配ノルム": "grad norm",
    "検証": "val",
    "評価": "val",
    "学習": "train",
    "訓練": "train",
    "テスト": "test",
    "訓練データ": "train",
    "学習データ": "train",
    "検証データ": "val",
    "評価データ": "val",
    "テストデータ": "test",
    "平均": "avg",
    "合計": "total",
    "全体": "total",
    "最良": "best",
    "最高": "best",
    "エポック": "epoch",
    "ステップ": "step",
    "更新回数": "num updates",
    "誤差": "loss",
    "平均二乗誤差": "mse",
    "平均絶対誤差": "mae",
    "二乗平均平方根誤差": "rmse",
    "誤り率": "error rate",
    "単語誤り率": "wer",
    "文字誤り率": "cer",
    "交差エントロピー": "cross entropy",
    "パープレキシティ": "perplexity",
    "報酬": "reward",
    "生成器": "generator",
    "識別器": "discriminator",
    "判別器": "discriminator",
    "の": " ",
}
_CHINESE = {
    "损失": "loss",
    "损失值": "loss",
    "准确率": "accuracy",
    "正确率": "accuracy",
    "精确率": "precision",
    "召回率": "recall",
    "困惑度": "perplexity",
    "误差": "error",
    "错误率": "error rate",
    "学习率": "lr",
    "训练": "train",
    "训练集": "train",
    "验证": "val",
    "验证集": "val",
    "评估": "val",
    "测试": "test",
    "测试集": "test",
    "轮次": "epoch",
    "步数": "step",
    "总": "total",
    "最佳": "best",
    "最优": "best",
    "奖励": "reward",
    "回报": "return",
    "生成器": "generator",
    "判别器": "discriminator",
    "的": " ",
}
_TRADITIONAL = {
    "訓練損失值": "train loss",
    "損失值": "loss",
    "準確率": "accuracy",
    "正確率": "accuracy",
    "精確率": "precision",
    "錯誤率": "error rate",
    "學習率": "lr",
    "訓練": "train",
    "驗證": "val",
    "測試": "test",
    "平均": "avg",
    "總": "total",
}
_KOREAN = {
    "손실": "loss",
    "손실값": "loss",
    "로스": "loss",
    "정확도": "accuracy",
    "정밀도": "precision",
    "재현율": "recall",
    "오차": "error",
    "학습률": "lr",
    "학습": "train",
    "훈련": "train",
    "검증": "val",
    "테스트": "test",
    "평균": "avg",
    "전체": "total",
    "보상": "reward",
    "에포크": "epoch",
    "에폭": "epoch",
}
LONGEST_FIRST = sorted((_JAPANESE | _CHINESE | _TRADITIONAL | _KOREAN).items(), key=lambda pair: -len(pair[0]))
"""What replaces what inside a name: these languages set no spaces, so the longest word is taken first."""

_GERMAN_SPLITS = {"": "", "trainings": "train ", "validierungs": "val ", "test": "test ", "gesamt": "total "}
_GERMAN_QUANTITIES = {
    "verlust": "loss",
    "genauigkeit": "accuracy",
    "fehler": "error",
    "fehlerrate": "error rate",
    "belohnung": "reward",
}
GERMAN: Mapping[str, tuple[str, ...]] = {
    split + word: tuple((said + quantity).split())
    for split, said in _GERMAN_SPLITS.items()
    for word, quantity in _GERMAN_QUANTITIES.items()
} | {
    "kosten": ("cost",),
    "validierung": ("val",),
    "lernrate": ("lr",),
    "epoche": ("epoch",),
    "epochen": ("epoch",),
    "schritt": ("step",),
    "schritte": ("step",),
    "mittlere": ("avg",),
    "mittlerer": ("avg",),
    "durchschnittliche": ("avg",),
    "durchschnittlicher": ("avg",),
    "gesamt": ("total",),
    "präzision": ("precision",),
    "trefferquote": ("recall",),
}
"""Whole words, in lower case."""

ROMANCE: Mapping[str, tuple[str, ...]] = {
    word: (english,)
    for english, words in {
        "loss": "perda perdas pérdida perdida pérdidas perdidas perte pertes perdita",
        "accuracy": "acurácia acuracia exatidão exatidao exactitud exactitude accuratezza",
        "precision": "precisão precisao precisión précision precisione",
        "error": "erro errore erreur",
        "cost": "custo coste coût",
        "reward": "recompensa récompense ricompensa",
        "train": "treino treinamento entrenamiento entraînement entrainement addestramento",
        "val": "validação validacao validación validacion validazione",
        "test": "teste prueba",
        "avg": "média media médio medio moyenne moyen",
        "epoch": "época épocas epoca epocas époque epoque",
        "step": "passo paso étape etape",
        "round": "rodada rodadas ronda",
        "iteration": "iteração iteracao iteración iteracion itération iterazione",
    }.items()
    for word in words.split()
}
"""Whole words, in lower case; with and without their accents, which many programs leave out."""

RUSSIAN: Mapping[str, tuple[str, ...]] = {
    word: (english,)
    for english, words in {
        "loss": "потеря потери потерь лосс",
        "accuracy": "точность точности",
        "recall": "полнота",
        "error": "ошибка ошибки",
        "reward": "награда вознаграждение",
        "train": "обучение обучении обучения обучающая обучающей тренировка тренировке трейн",
        "val": "валидация валидации валидационная валидационной проверка проверке валид",
        "test": "тест тесте тестовая тестовой",
        "avg": "средняя средний среднее средние",
        "total": "общая общие общий",
        "epoch": "эпоха эпохи эпоху",
        "step": "шаг шага",
        "iteration": "итерация итерации",
    }.items()
    for word in words.split()
}
"""Whole words, in lower case, in the cases in which logs have them ("потери на обучении")."""

LINKS = frozenset({"de", "da", "do", "del", "della", "di", "du", "en", "no", "na", "на", "при", "по"})
"""What stands between two of them ("perda de validação") and says nothing."""
