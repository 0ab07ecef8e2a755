import { defineConfig } from 'greenroom';

export default defineConfig({
  rules: [
    {
      name: 'announce-callers',
      agent: 'room-analytics',
      when: { fact: 'participant.active', where: { 'participant.kind': 'sip' } },
      then: { data: { topic: 'lobby', payload: { text: '{participant.name} is on the phone' } } },
    },
    {
      name: 'no-cameras',
      agent: 'room-analytics',
      room: 'quiet-*',
      when: { fact: 'track.published', where: { 'track.source': 'camera' } },
      then: { mute: 'camera' },
    },
    {
      name: 'record',
      agent: 'room-analytics',
      when: { fact: 'data.received', where: { topic: 'record', text: 'start' } },
      then: { record: 'start', filepath: 'recordings/{room_name}-{time}.mp4' },
    },
    {
      name: 'tell-the-desk',
      when: { alert: '*', severity: ['warning', 'critical'] },
      then: [
        { webhook: { event: 'needs_attention' } },
        { call: ({ alert, job }) => console.error(`${job.room.name}: ${alert.message}`) },
      ],
      cooldown: '5m',
    },
  ],
});
