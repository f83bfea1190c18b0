-- Asks Glassdome during the scan. Placed by `glassdome mailcow install`; changes are lost with the next one.
-- Asynchronous: no other symbol waits. Without an answer in time the mail is scored as if this file were not there.
local http = require "rspamd_http"
local logger = require "rspamd_logger"
local ucl = require "ucl"

local MODULE = "glassdome"
local settings = {
  url = nil,
  token = "",
  timeout = 0.25,      -- seconds a mail may wait
  max_size = 1048576,  -- bytes; larger mail is left to the analysis after delivery
  failures = 3,        -- so many in a row, and nobody is asked for `pause` seconds
  pause = 30,
  phishing = 5.0,      -- the most this can add: below mailcow's threshold of 8 for junk
  spam = 3.0,
}

local given = rspamd_config:get_all_opt(MODULE)
if type(given) ~= "table" or not given.url then return end
for name, value in pairs(given) do settings[name] = value end

local symbols = { phishing = "GLASSDOME_PHISHING", spam = "GLASSDOME_SPAM" }
local failed, quiet_until = 0, 0

local function no_answer(task, why)
  failed = failed + 1
  if failed >= settings.failures then
    quiet_until = os.time() + settings.pause
    failed = 0
    logger.warnx(task, "%s: %s; not asked again for %s s", MODULE, why, settings.pause)
  end
end

local function verdict_of(body)
  local parser = ucl.parser()
  if not parser:parse_string(tostring(body)) then return nil end
  local answer = parser:get_object()
  -- libucl reads nearly everything as something: only an object that names a verdict counts.
  return type(answer) == "table" and answer.verdict and answer or nil
end

local function check(task)
  if task:get_user() or task:get_size() > settings.max_size or os.time() < quiet_until then return end
  local function answered(problem, code, body)
    if problem then return no_answer(task, tostring(problem)) end
    if code == 204 then
      failed = 0
      return
    end
    local answer = code == 200 and verdict_of(body) or nil
    if not answer then return no_answer(task, "unusable answer, HTTP " .. tostring(code)) end
    failed = 0
    local symbol, confidence = symbols[answer.verdict], tonumber(answer.confidence) or 0
    if symbol and confidence > 0 then
      task:insert_result(symbol, math.min(confidence, 1.0), string.format("%.2f", confidence))
    end
  end
  http.request({
    task = task,
    url = settings.url,
    method = "post",
    body = task:get_content(),
    mime_type = "message/rfc822",
    headers = { ["Authorization"] = "Bearer " .. settings.token },
    timeout = settings.timeout,
    keepalive = true,
    max_size = 65536,
    callback = answered,
  })
end

local id = rspamd_config:register_symbol({
  name = "GLASSDOME_CHECK",
  type = "callback",
  callback = check,
  flags = "empty,nostat",
  augmentations = { string.format("timeout=%f", settings.timeout) },
})
for verdict, symbol in pairs(symbols) do
  rspamd_config:register_symbol({ name = symbol, type = "virtual", parent = id })
  rspamd_config:set_metric_symbol({
    name = symbol,
    score = settings[verdict],
    group = MODULE,
    description = "Glassdome's verdict during the scan",
  })
end
