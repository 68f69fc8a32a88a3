'use strict';

/**
 * Adds messages to a topic's log, and publishes them. The sender numbers them,
 * so they aren't added twice if they are sent again because the answer was
 * lost.
 *
 * Each entry holds the id of the one before it, so that a reader notices
 * missing entries.
 *
 * KEYS: the log, the last id, how far the sender has got.
 * ARGV: how many messages are kept, for how many ms, for how many ms the other
 * two keys are, the command that publishes, then number and message of each.
 */
const APPEND = `
local log, last, from = KEYS[1], KEYS[2], KEYS[3]
local taken = tonumber(redis.call('GET', from) or '-1')
local previous = redis.call('GET', last) or '0-0'
for i = 5, #ARGV, 2 do
  local number, message = tonumber(ARGV[i]), ARGV[i + 1]
  if number > taken then
    local id = redis.call('XADD', log, 'MAXLEN', '~', ARGV[1], '*', 'p', previous, 'm', message)
    redis.call(ARGV[4], log, id .. ' ' .. previous .. ' ' .. message)
    previous = id
    taken = number
  end
end
local time = redis.call('TIME')
local oldest = time[1] * 1000 + math.floor(time[2] / 1000) - ARGV[2]
redis.call('XTRIM', log, 'MINID', '~', string.format('%.0f', math.max(oldest, 0)))
redis.call('PEXPIRE', log, ARGV[2])
redis.call('SET', last, previous, 'PX', ARGV[3])
redis.call('SET', from, string.format('%.0f', taken), 'PX', ARGV[3])
return previous
`;

/**
 * Reads on in a topic's log.
 *
 * KEYS: the log, the last id.
 * ARGV: the id to read after, how many entries at most, about how many bytes.
 * Returns the last id, and a list of id, previous id and message.
 */
const READ = `
local reply = { redis.call('GET', KEYS[2]) or '0-0' }
if tonumber(ARGV[2]) == 0 then return reply end
local entries = redis.call('XRANGE', KEYS[1], '(' .. ARGV[1], '+', 'COUNT', ARGV[2])
local length = 0
for _, entry in ipairs(entries) do
  if length > tonumber(ARGV[3]) then break end
  reply[#reply + 1] = entry[1]
  reply[#reply + 1] = entry[2][2]
  reply[#reply + 1] = entry[2][4]
  length = length + #entry[2][4]
end
return reply
`;

module.exports = { APPEND, READ };
