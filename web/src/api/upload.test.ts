import { afterEach, expect, test, vi } from 'vitest';
import { upload } from './upload';

class FakeRequest {
  static last: FakeRequest;
  upload: { onprogress?: (event: { lengthComputable: boolean; loaded: number; total: number }) => void } = {};
  headers: Record<string, string> = {};
  status = 0;
  responseText = '';
  body: FormData | null = null;
  onload?: () => void;
  onerror?: () => void;
  onabort?: () => void;
  constructor() {
    FakeRequest.last = this;
  }
  open = vi.fn();
  setRequestHeader = (name: string, value: string) => (this.headers[name] = value);
  getResponseHeader = () => null;
  send = (body: FormData) => (this.body = body);
  abort = () => this.onabort?.();
  answer(status: number, text: string) {
    Object.assign(this, { status, responseText: text });
    this.onload?.();
  }
}

afterEach(() => vi.unstubAllGlobals());

function begin(onProgress = (_: number) => {}) {
  vi.stubGlobal('XMLHttpRequest', FakeRequest);
  const handle = upload(new File(['a,1'], 'a.csv'), onProgress);
  return { ...handle, request: FakeRequest.last };
}

test('A file goes as a form, with progress on its way', async () => {
  const shares: number[] = [];
  const { done, request } = begin((share) => shares.push(share));
  expect(request.open).toHaveBeenCalledWith('POST', '/upload');
  expect(request.headers['X-Requested-With']).toBe('oddity');
  expect((request.body?.get('file') as File).name).toBe('a.csv');
  request.upload.onprogress?.({ lengthComputable: true, loaded: 1, total: 4 });
  request.answer(200, '{"accepted":2,"rejected":1,"errors":[{"index":1,"code":"bad_value","detail":"no"}],"files":[]}');
  expect(shares).toEqual([0.25]);
  expect(await done).toEqual({ accepted: 2, rejected: 1, errors: [{ index: 1, code: 'bad_value', detail: 'no' }] });
});

test('A refusal keeps what it says of the records', async () => {
  const { done, request } = begin();
  request.answer(400, '{"code":"bad_value","detail":"Nothing good.","accepted":0,"rejected":2,"errors":[]}');
  await expect(done).rejects.toMatchObject({ status: 400, message: 'Nothing good.', problem: { rejected: 2 } });
});

test('A broken connection and a cancelled upload are told apart', async () => {
  const broken = begin();
  broken.request.onerror?.();
  await expect(broken.done).rejects.toMatchObject({ code: 'unreachable' });
  const cancelled = begin();
  cancelled.cancel();
  await expect(cancelled.done).rejects.toMatchObject({ code: 'cancelled' });
});
