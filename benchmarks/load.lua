-- Sends the requests of a file in turn. A run of "@" becomes a number that no other request has.
local requests, turn, run = {}, 0, 0

function init(args)
   run = tonumber(args[2])
   local file = io.open(args[1], "rb")
   for request in (file:read("*a") .. "\0"):gmatch("(%Z+)%z") do
      requests[#requests + 1] = request
   end
   file:close()
end

function request()
   turn = turn + 1
   local chosen = requests[(turn - 1) % #requests + 1]
   if chosen:find("@@", 1, true) then
      return (chosen:gsub("@@@@@@@@@@@@@@@@", string.format("%06d%010d", run, turn)))
   end
   return chosen
end

function done(summary, latency, _)
   local errors = summary.errors
   io.write(string.format(
      'RESULT {"requests":%d,"seconds":%.6f,"p50_ms":%.3f,"p99_ms":%.3f,"failed":%d}\n',
      summary.requests, summary.duration / 1e6,
      latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
      errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
