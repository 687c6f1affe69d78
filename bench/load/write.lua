-- One reading a request for wrk: a random user of those in the token file, at the present time.
--
-- Arguments after "--": the shape of the body (pulsoid, prometheus or influx), the file of tokens (one a line, the
-- line is the user), and a seed for the order of the users.
--
-- The times are this moment's, in milliseconds, as a device would send them; where a user's turn comes twice
-- within a millisecond the second reading is one later, so every reading is a new one. Everything that can be
-- made beforehand is a string in a table: one concatenation a request keeps wrk out of the server's way.

local ffi = require("ffi")
ffi.cdef [[
  typedef struct { long seconds; long nanoseconds; } bench_time;
  int clock_gettime(int clock, bench_time *time);
]]

local CLOCK_REALTIME = 0
local LOWEST_BPM, HIGHEST_BPM = 60, 99 -- two digits each: the length of a body depends on the user alone
local TIME_DIGITS = 13

local clock = ffi.new("bench_time")
local heads, tails = {}, {}
local milliseconds = {}
local users = 0
local lastTime = {}
local knownSecond, knownSecondText = 0, ""
local random = math.random
local floor = math.floor

for value = 0, 999 do milliseconds[value] = string.format("%03d", value) end

local function headers(path, host, contentLength, authorization)
  return "POST " .. path .. " HTTP/1.1\r\nHost: " .. host .. "\r\n" .. authorization
    .. "Content-Type: application/json\r\nContent-Length: " .. contentLength .. "\r\n\r\n"
end

-- Each shape answers what stands before the time of a user's reading, and a pattern for what stands after it.
local shapes = {}

function shapes.pulsoid(host, user, token)
  local before, after = '{"measured_at":', ',"data":{"heart_rate":%d}}'
  local length = #before + TIME_DIGITS + #string.format(after, LOWEST_BPM)
  return headers("/api/v1/data", host, length, "Authorization: Bearer " .. token .. "\r\n") .. before, after
end

-- In both text forms the rate stands before the time: there each user keeps one.
function shapes.prometheus(host, user, token, bpm)
  local before = string.format('heart_rate{user="%d"} %d ', user, bpm)
  return headers("/api/v1/import/prometheus", host, #before + TIME_DIGITS + 1, "") .. before, "\n"
end

function shapes.influx(host, user, token, bpm)
  local before = string.format("heart_rate,user=%d bpm=%di ", user, bpm)
  return headers("/write?db=bench&precision=ms", host, #before + TIME_DIGITS + 1, "") .. before, "\n"
end

function init(arguments)
  local shape, tokenFile, seed = shapes[arguments[1]], arguments[2], tonumber(arguments[3])
  local host = wrk.host .. ":" .. wrk.port
  local after
  math.randomseed(seed)
  for token in io.lines(tokenFile) do
    heads[users], after = shape(host, users, token, random(LOWEST_BPM, HIGHEST_BPM))
    lastTime[users] = 0
    users = users + 1
  end
  for bpm = LOWEST_BPM, HIGHEST_BPM do tails[bpm] = string.format(after, bpm) end
end

function request()
  ffi.C.clock_gettime(CLOCK_REALTIME, clock)
  local time = tonumber(clock.seconds) * 1000 + floor(tonumber(clock.nanoseconds) / 1000000)
  local user = random(0, users - 1)
  if time <= lastTime[user] then time = lastTime[user] + 1 end
  lastTime[user] = time
  local second = floor(time / 1000)
  if second ~= knownSecond then
    knownSecond, knownSecondText = second, string.format("%d", second)
  end
  return heads[user] .. knownSecondText .. milliseconds[time - second * 1000] .. tails[random(LOWEST_BPM, HIGHEST_BPM)]
end
