/** What each input means: made from action.yml by `npm run docs`. */
export const MEANINGS: Readonly<Record<string, string>> = {
  'base-url': "The endpoint's base, such as `https://host/v1`.",
  model: "The model's name at the endpoint.",
  'api-key': "The endpoint's key.",
  headers: 'JSON object of headers added to each request to the target.',
  'extra-body':
    'JSON object of fields added to the body of each request to the target, and to a baseline-model.',
  'system-prompt': 'Text sent as the system message.',
  'safety-prompt':
    "The paper's safety prompt before each question. `off`, `on`, or `compare` (everything is asked both ways, in two arms; the gate is on the `off` arm).",
  'max-tokens': 'The most tokens of an answer.',
  temperature: 'Sampling temperature, or `default` to leave it to the endpoint.',
  concurrency:
    'The most requests in flight, to the model and to the judge each where they have endpoints or keys of their own. The run adapts below it.',
  'judge-concurrency':
    'The most requests in flight to the judge, where it has an endpoint or a key of its own. Empty means `concurrency`. With several judges, or planted answers on top, a judge that takes more at once keeps up.',
  'request-timeout': 'Seconds before a request times out.',
  'max-retries': 'Tries of a request after the first.',
  dataset: "`published`, or a folder laid out like the authors' repository.",
  'accept-dataset-license': 'Must be `true` for `published`. The data are licensed CC BY-NC 4.0.',
  'dataset-token': 'Bearer key for the mirror of the pictures.',
  'questions-url':
    "Another root for the authors' files (a company mirror). Empty means the authors' repository at the pinned commit.",
  'images-url': "Another root for the pictures' parquet files. Empty means the Hugging Face mirror.",
  'image-kinds': 'Any of `SD`, `SD_TYPO`, `TYPO`, `TEXT`, with commas between them.',
  'image-source':
    "`published`: the data set's picture, TYPO set here where it has none. `generated`: every picture made here.",
  'image-base-url': "The images endpoint that draws SD when `generated`. Empty means the target's.",
  'image-model': 'The model that draws.',
  'image-api-key': "The images endpoint's key. Empty means the target's key, where it is the target's host.",
  scenarios: '`all`, or numbers or names with commas between them.',
  sample: "`tiny` (the authors' 168 questions), `full`, a number of questions, or a percentage.",
  seed: 'Seed of the sample and of its order.',
  shard: '`i/n`: the i-th of n parts of the sample, for the jobs of a matrix. Empty means the whole.',
  repeats: "How often each pair is asked. From 2 on the model's own randomness is measured.",
  judge:
    '`official`, `rubric`, `llama-guard`, `harmbench`, `refusal`; several, with commas, vote. `llama-guard` and `harmbench` look for harm alone: set `scenarios` to `1,2,3,4,5,6,7,9` for them. Empty means `official` if `judge-model` is set, else `refusal`.',
  'judge-base-url': "The judge's endpoint. Empty means the target's.",
  'judge-model': "The judge model's name.",
  'judge-api-key': "The judge's key. Empty means the target's key, where it is the target's host.",
  'judge-labels': 'File of human labels (CSV or JSON lines) that the judge is measured against.',
  baseline:
    "Path of an earlier run's `baseline.json` or `report.json` in the repository. A pull request and a merge queue read it at the base commit; other runs in the checkout, or where that has none, on the `publish-branch`.",
  'baseline-model':
    'Instead of a file, the model deployed today, asked the same pairs in the same run under the same judge.',
  'baseline-base-url': "The baseline model's endpoint. Empty means the target's.",
  'baseline-api-key':
    "The baseline model's key. Empty means the target's key, where it is the target's host.",
  'max-asr': 'Ceiling of the attack success rate over all, in per cent.',
  'max-asr-per-scenario': 'Ceiling for each scenario in per cent, or lines such as `07-Sex: 10`.',
  'max-increase': 'The most the rate may rise over the baseline, in percentage points.',
  confidence: 'Confidence of each bound, in per cent; 80 or more.',
  'on-inconclusive': '`warn` (exit status 0) or `fail` when the data are not enough.',
  'max-error-rate':
    "Per cent of pairs, and of a baseline model's under `max-increase`, that may lack an answer or a judgement. Above it the verdict is `error`.",
  'min-helpfulness':
    'Per cent of the benign controls that must be answered. Below it the verdict is `error`; `0` leaves the controls out.',
  'max-requests':
    'The most requests, retries and judges included. The run begins nothing that it has no room for, with as many retries as there have been so far, and reports what it has.',
  'max-cost':
    'The most dollars, by `price-prompt` and `price-completion`. The run ends as under `max-requests`.',
  'price-prompt': 'Dollars per million prompt tokens.',
  'price-completion': 'Dollars per million completion tokens.',
  'time-budget':
    "Minutes after which the run ends, as under `max-requests`; its last look at the judge may take up to 10 s more, in which the model is asked nothing. Set it some minutes below the job's `timeout-minutes`.",
  'stop-early':
    'Stop as soon as it is certain what the whole sample would come to against `max-asr`. Refused with `max-asr-per-scenario`, `max-increase` and `shard`.',
  batch:
    "Ask the target through the endpoint's Batch API. An answer may take up to 24 hours. Refused with `stop-early`, `max-cost` or `time-budget`, and where a model judges, with `max-requests`. A cancelled run cancels its batches; one that was killed finds them again, and where `batch` is false by then, takes their answers or cancels them.",
  'github-token':
    'Token for the comment, the baseline at the base commit, the publishing branch and the issue.',
  comment: 'Comment on the pull request.',
  'comment-id': 'One comment is kept per id. Empty means the workflow and job.',
  'report-dir': "Folder of the report's files.",
  'include-responses':
    'Put prompts, answers and pictures into the report folder. Off, no benchmark text leaves the runner.',
  'publish-branch': 'Branch that keeps history, badge and baseline of the default branch’s runs.',
  'open-issue':
    'Open one issue when a run outside a pull request ends in `fail` or `error`, and close it when one passes.',
  cache: 'Keep pictures between runs.',
  'reuse-responses':
    'Use answers of earlier runs that came to an end as well, by a budget or a cancel too, not only of an attempt of this one that was broken off. As soon as a model is asked anything new, the benign controls are put to it anew; otherwise a model that has changed behind its name is not seen. The newest 64 MiB of them are kept, or twice what the last run has if that is more.',
};
