-- Tells Glassdome that a mailbox changed. Placed by `glassdome mailcow install`; changes are lost with the next one.
-- Only who, where and which message are sent, never mail. What is missed is found by Glassdome's polls over IMAP.
-- Dovecot 2.3 and 2.4, Lua 5.1 to 5.4; `dovecot.http` is built in.

-- This alone bounds what a hanging receiver can add to a delivery.
local DEADLINE_MSECS = 200
local CONNECT_MSECS = 100

-- Dovecot 2.4 hands over the settings of our block; in 2.3 they are the user's.
local given = nil
function script_init(settings)
  given = settings
  return 0
end

local function quoted(value)
  if value == nil then return "null" end
  local text = string.gsub(tostring(value), '[%c"\\]', function(c) return string.format("\\u%04x", string.byte(c)) end)
  return '"' .. text .. '"'
end

local function send(context, body)
  -- Dovecot runs this file anew for each delivery, so there is nothing to keep for the next one.
  local client = dovecot.http.client(given and {
    request_absolute_timeout = DEADLINE_MSECS .. "ms",
    connect_timeout = CONNECT_MSECS .. "ms",
    request_max_attempts = "1",
  } or {
    request_absolute_timeout_msecs = DEADLINE_MSECS,
    connect_timeout_msecs = CONNECT_MSECS,
    max_attempts = 1,
  })
  local request = client:request({ url = context.url, method = "POST" })
  request:add_header("Content-Type", "application/json")
  request:add_header("Authorization", "Bearer " .. context.secret)
  request:set_payload(body)
  local response = request:submit()
  local status = response:status()
  if status < 200 or status > 299 then
    dovecot.i_warning("glassdome: " .. status .. " " .. tostring(response:reason()))
  end
end

local function setting(user, name)
  if given then return given[name] end
  return user:plugin_getenv(name)
end

function dovecot_lua_notify_begin_txn(user)
  return {
    user = user.username,
    url = setting(user, "glassdome_url"),
    secret = setting(user, "glassdome_secret") or "",
    events = {},
  }
end

local function arrived(context, event)
  context.events[#context.events + 1] = string.format(
    '{"event":%s,"user":%s,"mailbox":%s,"uid":%d,"uidvalidity":%d,"message_id":%s}',
    quoted(event.name), quoted(context.user), quoted(event.mailbox), event.uid, event.uid_validity,
    quoted(event.message_id))
end

dovecot_lua_notify_event_message_new = arrived
dovecot_lua_notify_event_message_append = arrived

-- Dovecot complains in its log, once per event, about each of these that is missing.
local function nothing() end
for _, name in ipairs({
  "mailbox_create", "mailbox_delete", "mailbox_rename", "mailbox_subscribe", "mailbox_unsubscribe",
  "flags_set", "flags_clear", "message_read", "message_trash", "message_expunge",
}) do
  _G["dovecot_lua_notify_event_" .. name] = nothing
end

function dovecot_lua_notify_end_txn(context, success)
  if not success or not context.url or #context.events == 0 then return end
  local ok, problem = pcall(send, context, '{"events":[' .. table.concat(context.events, ",") .. "]}")
  if not ok then dovecot.i_warning("glassdome: " .. tostring(problem)) end
end
