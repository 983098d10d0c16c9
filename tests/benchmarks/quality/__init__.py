"""How good the topics are, beside rivals trained on the same labels: ``make quality`` writes ``quality.md``.

Every model is fitted on articles of the split ``train``. One model is tested on the split ``dev``. For each outlet, one
more is fitted without that outlet and tested on all its labelled articles. Ours learns its word vectors anew each time,
without the outlet and without ``dev``. Articles that nearly repeat a tested one are not used for fitting.

Rivals are tuned on the rows of ``dev`` that they are scored on, in their favour; ours is not. It all takes some hours, on
one core. Each result is kept in a file of the folder ``results``, and not computed again if it is there.
"""
