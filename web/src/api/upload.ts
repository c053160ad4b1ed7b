// Uploads go by XMLHttpRequest, because fetch tells nothing of how far a request body has come.
import { ApiError, problemOf } from './client';
import type { IngestError, UploadResult } from './types';

export interface UploadHandle {
  done: Promise<UploadResult>;
  cancel: () => void;
}

/** Sends one file to /upload. Progress is 0 to 1, of what has left the browser. */
export function upload(file: File, onProgress: (share: number) => void): UploadHandle {
  const request = new XMLHttpRequest();
  const done = new Promise<UploadResult>((resolve, reject) => {
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onerror = () => reject(new ApiError(0, 'unreachable', 'The connection broke while sending.'));
    request.onabort = () => reject(new ApiError(0, 'cancelled', 'Cancelled.'));
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve(readResult(request.responseText));
      else reject(problemOf(request.status, request.responseText, request.getResponseHeader('Retry-After')));
    };
  });
  const form = new FormData();
  form.append('file', file, file.name);
  request.open('POST', '/upload');
  request.setRequestHeader('X-Requested-With', 'oddity');
  request.setRequestHeader('Accept', 'application/json');
  request.send(form);
  return { done, cancel: () => request.abort() };
}

/** The counts and errors of an answer, also of a problem that carries them. */
export function readResult(text: string | Record<string, unknown>): UploadResult {
  let read: Record<string, unknown> = {};
  if (typeof text !== 'string') read = text;
  else {
    try {
      read = JSON.parse(text) as Record<string, unknown>;
    } catch {
      throw new ApiError(0, 'unreadable', 'The answer was not JSON. Is something between this page and the server?');
    }
  }
  return {
    accepted: typeof read.accepted === 'number' ? read.accepted : 0,
    rejected: typeof read.rejected === 'number' ? read.rejected : 0,
    errors: Array.isArray(read.errors) ? (read.errors as IngestError[]) : [],
  };
}
