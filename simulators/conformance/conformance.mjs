// Drives the Telegram simulator with bot frameworks made by others: what they cannot tell from Telegram, our client cannot either.
// Usage: node conformance.mjs http://127.0.0.1:PORT      exits 0 when every check holds, 1 otherwise.
import { Bot, GrammyError } from 'grammy';
import { Telegraf } from 'telegraf';
import * as nodeTelegramBotApi from 'node-telegram-bot-api';

const base = process.argv[2];
if (!base) {
  console.error('usage: node conformance.mjs http://127.0.0.1:PORT');
  process.exit(1);
}

let failures = 0;
// ids of this run alone, so that it may be repeated against the same simulator
const run = 100000 + Math.floor(Math.random() * 800000);
let next = run * 1000;
const newId = () => ++next;

function check(name, holds, seen) {
  if (!holds) failures++;
  console.log(`${holds ? 'ok  ' : 'FAIL'} ${name}${holds ? '' : `  saw: ${JSON.stringify(seen)}`}`);
}

async function control(method, path, body) {
  const answer = await fetch(`${base}/control/${path}`, {
    method,
    headers: { 'Content-Type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const json = await answer.json();
  if (!answer.ok) throw new Error(`control ${method} ${path}: ${answer.status} ${JSON.stringify(json)}`);
  return json;
}

async function until(condition, what) {
  const deadline = Date.now() + 10000;
  while (Date.now() < deadline) {
    const found = condition();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`not seen within 10 s: ${what}`);
}

async function refusal(call) {
  try {
    return { value: await call() };
  } catch (error) {
    return { error };
  }
}

async function world(name) {
  const botId = newId();
  const token = `${botId}:AA${name}${run}abcdefghijklmnopqrstuvwxyz`;
  const username = `${name}_${run}_bot`;
  const chatId = -1000000000000 - newId();
  const ann = newId();
  const ben = newId();
  await control('POST', 'bots', { token, username });
  await control('POST', 'chats', {
    chat_id: chatId,
    type: 'channel',
    title: `Channel of ${name}`,
    bots: [{ bot: username, can_invite_users: true, can_restrict_members: true }],
  });
  await control('POST', 'users', { user_id: ann, first_name: 'Ann', language_code: 'en' });
  await control('POST', 'users', { user_id: ben, first_name: 'Ben' });
  return { token, username, chatId, ann, ben };
}

const ALLOWED = ['message', 'callback_query', 'my_chat_member', 'chat_member', 'chat_join_request'];

async function withGrammy() {
  const { token, username, chatId, ann, ben } = await world('grammy');
  const bot = new Bot(token, { client: { apiRoot: base } });
  const seen = [];
  bot.use((ctx) => void seen.push(ctx.update));
  bot.command('never', () => {});
  bot.catch((error) => console.log('bot error', error));
  await bot.init();
  const polling = bot.start({ allowed_updates: ALLOWED });
  await until(() => bot.isRunning(), 'polling');
  const find = (test) => seen.find(test);

  check('grammy: getMe names the bot', bot.botInfo.username === username && bot.botInfo.is_bot, bot.botInfo);

  await control('POST', `users/${ann}/start`, { bot: username, payload: 'ord_7f3a' });
  const start = await until(() => find((u) => u.message?.text === '/start ord_7f3a'), 'the start message');
  check('grammy: start carries the payload and a bot_command', start.message.entities?.[0]?.type === 'bot_command', start);

  const sent = await bot.api.sendMessage(ann, 'Pay <b>now</b> &amp; enter', {
    parse_mode: 'HTML',
    reply_markup: { inline_keyboard: [[{ text: 'Paid', callback_data: 'paid:1' }, { text: 'Site', url: 'https://example.org/' }]] },
  });
  check('grammy: HTML becomes text and entities', sent.text === 'Pay now & enter' && sent.entities[0].type === 'bold' && sent.entities[0].length === 3, sent);
  await control('POST', `users/${ann}/tap`, { bot: username, message_id: sent.message_id, data: 'paid:1' });
  const tap = await until(() => find((u) => u.callback_query), 'the callback query');
  check('grammy: a tap brings the data and the message', tap.callback_query.data === 'paid:1' && tap.callback_query.message.message_id === sent.message_id, tap);
  check('grammy: the tap is answered', (await bot.api.answerCallbackQuery(tap.callback_query.id, { text: 'Thanks' })) === true);
  const late = await refusal(() => bot.api.answerCallbackQuery(tap.callback_query.id));
  check('grammy: a second answer is refused', late.error?.description?.startsWith('Bad Request: query is too old'), late);
  const edited = await bot.api.editMessageText(ann, sent.message_id, 'Done');
  check('grammy: the edit is seen', edited.text === 'Done' && edited.edit_date > 0, edited);
  const same = await refusal(() => bot.api.editMessageText(ann, sent.message_id, 'Done'));
  check('grammy: an edit to the same is refused', same.error?.description?.startsWith('Bad Request: message is not modified'), same);

  const link = await bot.api.createChatInviteLink(chatId, { name: 'ord_7f3a', member_limit: 1 });
  check('grammy: a link of one seat', /^https:\/\/t\.me\/\+[\w-]{16}$/.test(link.invite_link) && link.member_limit === 1 && link.name === 'ord_7f3a', link);
  const opened = await control('POST', `users/${ann}/open-link`, { link: link.invite_link });
  check('grammy: Ann joins by it', opened.result === 'joined', opened);
  const joined = await until(() => find((u) => u.chat_member?.new_chat_member?.user?.id === ann), 'chat_member');
  check(
    'grammy: chat_member tells who joined by which link',
    joined.chat_member.old_chat_member.status === 'left' &&
      joined.chat_member.new_chat_member.status === 'member' &&
      joined.chat_member.from.id === ann &&
      joined.chat_member.invite_link.invite_link === link.invite_link &&
      joined.chat_member.invite_link.name === 'ord_7f3a',
    joined,
  );
  const full = await control('POST', `users/${ben}/open-link`, { link: link.invite_link });
  check('grammy: the seat is taken', full.result === 'full', full);
  const revoked = await bot.api.revokeChatInviteLink(chatId, link.invite_link);
  check('grammy: revoked', revoked.is_revoked === true, revoked);
  const twice = await refusal(() => bot.api.revokeChatInviteLink(chatId, link.invite_link));
  check('grammy: revoking twice is refused', twice.error instanceof GrammyError && twice.error.description === 'Bad Request: INVITE_HASH_EXPIRED', twice);

  const door = await bot.api.createChatInviteLink(chatId, { creates_join_request: true });
  const asked = await control('POST', `users/${ben}/open-link`, { link: door.invite_link });
  check('grammy: Ben asks to join', asked.result === 'request_sent', asked);
  const request = await until(() => find((u) => u.chat_join_request), 'chat_join_request');
  check(
    'grammy: chat_join_request is complete',
    request.chat_join_request.from.id === ben &&
      request.chat_join_request.user_chat_id === ben &&
      request.chat_join_request.invite_link.invite_link === door.invite_link,
    request,
  );
  const hello = await refusal(() => bot.api.sendMessage(request.chat_join_request.user_chat_id, 'One moment'));
  check('grammy: the requester can be written to', hello.value?.text === 'One moment', hello);
  check('grammy: approved', (await bot.api.approveChatJoinRequest(chatId, ben)) === true);
  const entered = await until(() => find((u) => u.chat_member?.new_chat_member?.user?.id === ben), 'chat_member of Ben');
  check(
    'grammy: approval is a chat_member from the bot with the link, without via_join_request',
    entered.chat_member.from.id === bot.botInfo.id &&
      entered.chat_member.invite_link.invite_link === door.invite_link &&
      entered.chat_member.via_join_request === undefined,
    entered,
  );
  const again = await refusal(() => bot.api.approveChatJoinRequest(chatId, ben));
  check('grammy: a second approval is refused', again.error?.error_code === 400 && again.error.description === 'Bad Request: USER_ALREADY_PARTICIPANT', again);

  await control('POST', 'faults', { method: 'createChatInviteLink', kind: 'flood', retry_after: 7, bot: username });
  const flood = await refusal(() => bot.api.createChatInviteLink(chatId));
  check('grammy: 429 with retry_after', flood.error instanceof GrammyError && flood.error.error_code === 429 && flood.error.parameters.retry_after === 7, flood);

  await bot.api.unbanChatMember(chatId, ann);
  const removed = await until(() => find((u) => u.chat_member?.new_chat_member?.user?.id === ann && u.chat_member.new_chat_member.status === 'kicked'), 'kicked');
  check('grammy: unban of a member removes', removed.chat_member.from.id === bot.botInfo.id, removed);
  check('grammy: and lets return', (await bot.api.getChatMember(chatId, ann)).status === 'left');

  await bot.stop();
  await polling;
}

async function withTelegraf() {
  const { token, username, chatId, ann, ben } = await world('telegraf');
  const bot = new Telegraf(token, { telegram: { apiRoot: base } });
  const seen = [];
  bot.use((ctx) => void seen.push(ctx.update));
  let ended;
  const polling = new Promise((resolve) => (ended = resolve));
  bot.launch({ allowedUpdates: ALLOWED }).catch((error) => error).then(ended);
  await until(() => bot.botInfo, 'launch');

  const link = await bot.telegram.createChatInviteLink(chatId, { member_limit: 1, name: 'order' });
  const opened = await control('POST', `users/${ann}/open-link`, { link: link.invite_link });
  check('telegraf: Ann joins', opened.result === 'joined', opened);
  const joined = await until(() => seen.find((u) => u.chat_member?.new_chat_member?.user?.id === ann), 'chat_member');
  check('telegraf: chat_member with the link', joined.chat_member.invite_link.name === 'order', joined);
  check('telegraf: revoked', (await bot.telegram.revokeChatInviteLink(chatId, link.invite_link)).is_revoked === true);

  const door = await bot.telegram.createChatInviteLink(chatId, { creates_join_request: true });
  await control('POST', `users/${ben}/open-link`, { link: door.invite_link });
  await until(() => seen.find((u) => u.chat_join_request?.from.id === ben), 'chat_join_request');
  check('telegraf: declined', (await bot.telegram.declineChatJoinRequest(chatId, ben)) === true);
  const gone = await refusal(() => bot.telegram.approveChatJoinRequest(chatId, ben));
  check('telegraf: approving what was declined is refused', gone.error?.response?.description === 'Bad Request: HIDE_REQUESTER_MISSING', gone);

  await control('POST', 'faults', { method: 'getChat', kind: 'flood', retry_after: 3, bot: username });
  const flood = await refusal(() => bot.telegram.getChat(chatId));
  check('telegraf: 429 with retry_after', flood.error?.code === 429 && flood.error.parameters?.retry_after === 3, flood);
  bot.stop();
  await polling;
}

async function withNodeTelegramBotApi() {
  const { Api } = nodeTelegramBotApi;
  const { token, username, chatId, ann } = await world('ntba');
  const api = new Api(token, { apiRoot: base, maxRetries: 0 });
  const link = await api.createChatInviteLink({ chat_id: chatId, name: 'form', member_limit: 1 });
  check('node-telegram-bot-api: a form-encoded call', link.member_limit === 1 && link.name === 'form', link);
  await control('POST', `users/${ann}/start`, { bot: username });
  const sent = await api.sendMessage({
    chat_id: ann,
    text: 'Hello',
    reply_markup: { inline_keyboard: [[{ text: 'Go', callback_data: 'go' }]] },
  });
  check('node-telegram-bot-api: a keyboard as JSON text', sent.reply_markup?.inline_keyboard[0][0].callback_data === 'go', sent);
  await control('POST', 'faults', { method: 'getMe', kind: 'flood', retry_after: 7, bot: username });
  const flood = await refusal(() => api.getMe());
  check('node-telegram-bot-api: 429 with retry_after', flood.error?.errorCode === 429 && flood.error.retryAfter === 7, flood);
}

for (const drive of [withGrammy, withTelegraf, withNodeTelegramBotApi]) {
  try {
    await drive();
  } catch (error) {
    check(`${drive.name} ran to its end`, false, String(error?.stack ?? error));
  }
}
console.log(failures === 0 ? 'all checks hold' : `${failures} checks failed`);
process.exit(failures === 0 ? 0 : 1);
