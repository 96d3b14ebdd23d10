/**
 * What servers and gateways say of themselves in place of an answer, and not of what they were asked: nothing that a filter is
 * behind. Each is a whole message but for what stands before and behind. They are many and small, and without classes of
 * Unicode: each is compiled when the first answers have come, and the next requests wait.
 */

const whole = ({ source }: RegExp): RegExp => new RegExp(`^(?:${source})$`);

/** Messages of what passes, or of a fault: another request may be answered. */
export const PASSING: readonly RegExp[] = [
  // The names of statuses, as nginx, Apache, HAProxy and others write them, and statuses alone, as gateways do.
  /internal (?:server )?error|bad gateway|gateway time-?out|too many (?:requests|tokens)|error/,
  /service (?:is )?(?:temporarily |currently )?unavailable/,
  /(?:an )?(?:\w{0,20}error|http(?:\/[\d.]{1,3})?|status)(?: code| status| occurred)?:? (?:408|429|5\d\d)/,
  // Envoy, and so Istio and many gateways; Kong; Amazon's.
  /upstream connect error or disconnect\/reset before headers\b.*|no healthy upstream/,
  /upstream(?:[ _]request)?[ _](?:error|timeout)|the upstream server is timing out/,
  /an invalid response was received from the upstream server|failure to get a peer from the ring-balancer/,
  /an? (?:unexpected |internal |unknown )?(?:server )?error (?:has )?occurred(?: during streaming)?/,
  /endpoint request timed out|rate exceeded/,
  // HAProxy.
  /no server is available to handle this request/,
  // Cloudflare, and the library of OpenAI.
  /error code: (?:408|429|5\d\d|1\d{3})(?: - \{.*)?/,
  /web server is (?:returning an unknown error|down)|origin is unreachable|a timeout occurred|ssl handshake failed/,
  /(?:1015: )?you (?:are being|have been|were) rate[ -]limited/,
  /(?:(?:the |this )?(?:request|operation|read|connect(?:ion)?) )?(?:timed out|time-?out)|(?:connection|network) error/,
  /(?:the |this )?(?:request|operation) was (?:aborted|cancell?ed|timeout)/,
  // OpenAI.
  /the server had an error(?: while)? processing your request(?:\. sorry about that)?(?:! you can retry\b.*)?/,
  /an error occurred while processing your request(?:\. you can retry\b.*)?/,
  /the model [`'"]?[\w./:@-]{1,80}[`'"]? does not exist(?: or you do not have access to it)?/,
  // OpenAI, DeepSeek, Gemini, Anthropic, Ollama, and gateways before several.
  /(?:(?:the|our|all) )?(?:server|service|system|engine|api|provider|deployment)s? (?:(?:is|are) )?(?:(?:currently|temporarily|too) ){0,2}(?:busy|overloaded|unavailable)(?: or not ready yet)?(?: with other requests)?(?:\. sorry about that)?(?: right now| at the moment)?/,
  /(?:(?:that|the) )?model is (?:currently )?overloaded(?: with other requests)?|overloaded(?:[ _]error)?/,
  // Gemini, Azure, and front ends.
  /(?:(?:this|the) (?:model|service|system) is|our (?:servers|systems|services) are|we(?: a|')re) (?:currently )?experiencing (?:very )?high (?:demand|load|traffic)(?:\. spikes in demand are usually temporary| and cannot process your request\b.*)?(?: right now)?/,
  // OpenAI, OpenRouter, Azure.
  /you(?:'ve| have)? (?:reached|exceeded|hit) (?:the|your) rate limit/,
  /(?:api |requests )?rate limit (?:is )?(?:exceeded|reached)(?: for (?:model )?[`'"]?[\w./:@-]{1,80}[`'"]?)?(?: in organization [`'"]?[\w-]{1,60}[`'"]?)?(?: service tier [`'"]?\w{1,30}[`'"]?)?(?: on [\w ]{1,40}(?:\(\w{2,4}\)?)?)?(?:[:.] (?:limit\b|free-models).{0,140})?/,
  // Azure.
  /requests to the \w{1,60} operation under azure openai api version [\w-]{1,30} have exceeded (?:the )?\w{1,20} rate limit of your current .{1,40} pricing tier\b.*/,
  /the service is temporarily unable to process your request/,
  // Gemini, of its quotas on minutes too.
  /resource(?: has been|_)? ?exhausted(?: \(e\.g\. check quota)?(?:\. please try again later\. please refer to .*)?/,
  /internal error encountered|deadline expired before operation could complete|quota exceeded for [\w.]{1,60}\/.*/,
  /unavailable\. the (?:service|model) is .{1,80}/,
  /(?:unavailable|resource_exhausted|internal|deadline_exceeded)\. \{'error'.*/,
  // Anthropic; Alibaba.
  /this request would exceed (?:your|the) .{0,40}rate limit\b.*|allocated quota exceeded\b.{0,80}/,
  // LiteLLM.
  /litellm\.(?:timeout|(?:ratelimit|apiconnection|internalserver|serviceunavailable|badgateway)error)\b.*/,
  /no deployments available for selected model\b.*/,
  // OpenRouter.
  /provider returned error|[\w./:@-]{1,80} is temporarily rate-limited upstream\b.*/,
  /no (?:allowed providers are available for the selected model|endpoints found (?:that support|for|matching) .{1,80})/,
  // FastChat, and what is built on it.
  /network error due to high traffic\b.*/,
  // Gateways written for Node.
  /too many concurrent requests|unknown error/,
  /fetch failed|socket hang up|request failed with status code (?:408|429|5\d\d)|timeout of \d{1,7} ?ms exceeded/,
  /(?:connect |read |write )?(?:econnreset|econnrefused|etimedout|epipe)\b.{0,60}/,
  // In Python: httpx, requests and urllib3.
  /(?:client|server) error '(?:408|429|5\d\d) [^']{1,40}' for url '[\s\S]*|(?:408|429|5\d\d) (?:client|server) error: .{1,60} for url: .*/,
  /(?:\[?errno \d{1,3}\] )?connection (?:reset by peer|refused|aborted)|https?connectionpool\(host=.*/,
  /server disconnected(?: without sending a response)?|remote end closed connection without response|all connection attempts failed|peer closed connection without sending complete message body\b.*/,
  // In Go, as One API and New API are.
  /(?:do request failed: )?(?:(?:get|post) "[^"]{1,150}": )?(?:(?:context deadline|net\/http: tls handshake timeout|unexpected eof|stream error: stream id \d{1,9}; )\b.*|(?:read|write|dial) tcp .{1,120}: (?:connection reset by peer|(?:connect: )?connection refused|i\/o timeout|(?:write: )?broken pipe))/,
  /(?:upstream error: )?bad response status code (?:408|429|5\d\d)/,
  // Amazon's.
  /an error occurred \((?:throttling|serviceunavailable|modeltimeout|modelnotready|internalserver)exception\) when calling the \w{1,40} operation\b.*/,
  // vLLM.
  /(?:asyncllmengine|engine loop) (?:is already dead|has died)|enginecore encountered an issue\b.*|background loop (?:has errored already|is stopped)/,
  // vLLM, SGLang and others by PyTorch, whose messages go on about memory; Hugging Face; gateways that got nothing.
  /(?:torch\.)?(?:cuda\.)?(?:outofmemoryerror: )?cuda (?:error: |out of memory\b).*/,
  /(?:the )?(?:ai )?model (?:[\w./-]{1,80} )?is (?:currently |still )?(?:loading|not ready(?: yet)?|(?:temporarily )?unavailable)(?:, please wait|, estimated time .{1,20})?/,
  /model too busy\b.{0,80}/,
  /(?:no|empty) response(?: (?:was )?generated| from (?:the )?model)?/,
  // SGLang, llama.cpp, Ollama.
  /the request queue is full|slot unavailable|an error was encountered while running the model\b.*/,
  /loading model|(?:llama|model) runner (?:process )?has (?:terminated|unexpectedly stopped)\b.*/,
  // Front ends for chats.
  /(?:i'?m |we are |we're )?(?:so )?sorry,? (?:but )?(?:i am|i'm|we are|we're) (?:currently )?having (?:trouble|difficulty|problems) (?:responding|connecting|generating a response|processing your request)(?: right now| at the moment)?/,
  /(?:i'?m |we are |we're )?(?:so )?sorry,? (?:but )?(?:i am|i'm|we are|we're) (?:currently )?experiencing technical difficulties/,
  /(?:i'?m |we are |we're )?(?:so )?sorry,? (?:but )?(?:i|we) (?:was|were|am|are) unable to process your request (?:due to|because of) an? (?:internal|server|unexpected) (?:server )?error/,
  /(?:sorry, )?something went wrong|failed to generate (?:a |the )?(?:response|answer|content)/,
  // One API and New API, which have no server for the model.
  /openai_error|bad_response_status_code|(?:当前)?(?:分组)?(?:上游)?(?:模型)?负载已饱和|(?:(?:当前)?分组 ?[\w./:-]{1,60} ?下(?:对于)?模型 ?[\w./:@-]{1,80} ?)?无可用渠道(?:（distributor)?/,
  /no available channel for model [\w./:@-]{1,80} under group [\w-]{1,60}(?: \(distributor)?/,
  // DeepSeek, Zhipu, and gateways in Chinese.
  /(?:很?抱歉[，,]?)?(?:当前|该)?(?:上游)?(?:服务器?|系统|网络|模型(?:服务)?|模型 ?[\w./:[\]-]{1,60} ?)(?:当前|暂时)?(?:响应)?(?:繁忙|超时|不可用|错误|异常|访问量过大|负载过高|负载已经达到上限)/,
  /(?:很?抱歉[，,]?)?(?:您的?|当前 ?(?:api ?)?)?请求(?:超时|过于频繁|太频繁|频率过高|过多|太多)/,
  /请求上游地址失败|上游(?:返回错误|请求失败)|内部服务器错误/,
].map(whole);

/** Messages of an account whose credit or quota is used up: as much is said to every request, and no short wait ends it. */
export const USED_UP: readonly RegExp[] = [
  // OpenAI; Gemini says the same of its quotas on minutes, and how long to wait.
  /you (?:have )?exceeded your current quota(?:, please check your plan and billing details)?(?:\. for more information on this error, [\s\S]*)?/,
  /error code: 4\d\d - \{.*\binsufficient_(?:user_)?quota\b.*/,
  // OpenAI's code; DeepSeek; OpenRouter.
  /insufficient[ _](?:(?:user|account)[ _])?(?:quota|credits?|balance)(?:\. (?:add more|please (?:top up|recharge))\b.*)?/,
  /you have run out of credits|you have exceeded your monthly included credits\b.*/,
  // Anthropic; LiteLLM.
  /your credit balance is too low to access\b.*|budget has been exceeded! current cost: .*/,
  // One API, New API, Zhipu, and gateways in Chinese.
  /token quota is not enough, token remain quota: .*/,
  /(?:您的?|该|当前)?(?:账户|账号|用户|令牌)?(?:余额|额度)(?:不足|已?用尽|已?耗尽|已用完)(?:或无可用资源包)?(?:[，,。] ?请.{0,20}充值.{0,20}|[，,] ?剩余额度.{0,40})?/,
].map(whole);
