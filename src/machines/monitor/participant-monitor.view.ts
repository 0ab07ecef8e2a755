import { participantView, type ParticipantView } from '../session/session-view.ts';
import type { MonitorMetadata } from './monitor-settings.logic.ts';
import type { ParticipantMonitorSnapshot } from './participant-monitor.machine.ts';
import { sessionActorId } from './participant-monitor.setup.ts';

/** What is to be seen of a monitor at one moment. */
export type MonitorView = ParticipantView & {
  readonly monitoringType: MonitorMetadata['monitoring_type'];
  readonly customSettings: MonitorMetadata['custom_settings'];
};

export function monitorView({
  context,
  children,
}: ParticipantMonitorSnapshot): MonitorView | { readonly state: 'ended' } {
  const session = children[sessionActorId(context.identity)]?.getSnapshot();
  if (!session || !('context' in session)) return { state: 'ended' };
  const { monitoring_type: monitoringType, custom_settings: customSettings } = context.metadata;
  return { ...participantView(session), monitoringType, customSettings };
}
