interface Example {
  title: string;
  text: string;
  note?: string;
}

/** Commands that work as printed, but for the token where one is asked for. */
export function examplesFor(origin: string, needsToken: boolean): Example[] {
  const token = needsToken ? ` \\\n  -H "Authorization: Bearer $ODDITY_TOKEN"` : '';
  return [
    {
      title: 'Send a sample',
      text: `curl ${origin}/events/raw${token} \\\n  -d '{"metric":"cpu_usage","value":97.5,"labels":{"host":"a"}}'`,
      note: 'Without a timestamp it is of now. An array or one object a line sends many at once.',
    },
    {
      title: 'Try it: ten times 50, then 200',
      text: `for v in 50 50 50 50 50 50 50 50 50 50 200; do\n  curl -s ${origin}/events/raw${token} \\\n    -d "{\\"metric\\":\\"try_me\\",\\"value\\":$v}"; echo; sleep 1\ndone`,
      note: 'The 200 appears on the overview as «constant series broken».',
    },
    {
      title: 'Upload files',
      text: `curl ${origin}/upload/bulk${token} \\\n  -F files=@monday.csv -F files=@tuesday.csv`,
    },
    {
      title: 'Read what is odd',
      text: `curl "${origin}/api/v1/anomalies?ongoing=true&severity=high,critical"${token}`,
    },
    {
      title: 'Follow along',
      text: `curl -N ${origin}/api/v1/stream/anomalies${token}`,
    },
    {
      title: 'Let Prometheus be watched',
      text: `PROMETHEUS_URL=http://localhost:9090 oddity serve`,
      note: 'Finds all its metrics by itself and reads on from where it stopped.',
    },
  ];
}
