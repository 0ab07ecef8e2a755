/**
 * The words that cross the port boundary: facts (port to machine) and commands (machine to port).
 *
 * All of it is plain finite JSON. `at` is epoch milliseconds of the process's one clock.
 */

/** A failure as plain data, so that it can be logged, replayed and compared. */
export type ErrorInfo = {
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
};

export type ConnectionQuality = 'excellent' | 'good' | 'poor' | 'lost';
export type ParticipantKind =
  'standard' | 'ingress' | 'egress' | 'sip' | 'agent' | 'connector' | 'bridge';
export type TrackKind = 'audio' | 'video';
export type TrackSource =
  'unknown' | 'camera' | 'microphone' | 'screen_share' | 'screen_share_audio';

/** LiveKit's `DisconnectReason` in lower case (livekit_models.proto). */
export type DisconnectReason =
  | 'unknown_reason'
  | 'client_initiated'
  | 'duplicate_identity'
  | 'server_shutdown'
  | 'participant_removed'
  | 'room_deleted'
  | 'state_mismatch'
  | 'join_failure'
  | 'migration'
  | 'signal_close'
  | 'room_closed'
  | 'user_unavailable'
  | 'user_rejected'
  | 'sip_trunk_failure'
  | 'connection_timeout'
  | 'media_failure'
  | 'agent_error';

/** Who (identity) and which connection of theirs (SID). A rejoin is a new SID of the same identity. */
export type ParticipantRef = { readonly identity: string; readonly sid: string };

export type TrackInfo = {
  readonly sid: string;
  readonly kind: TrackKind;
  readonly source: TrackSource;
  readonly name: string;
  readonly muted: boolean;
  /** End-to-end encrypted: its levels and frames mean nothing to us. */
  readonly encrypted: boolean;
  readonly mimeType: string;
};

export type ParticipantInfo = ParticipantRef & {
  readonly name: string;
  readonly kind: ParticipantKind;
  readonly metadata: string;
  readonly attributes: Readonly<Record<string, string>>;
  /**
   * Whether data sent to it arrives: the server drops data to somebody who is not yet active. The
   * room says `participant.active` only of those who become it; the job says it of all, after each
   * arrival (a full reconnect of our own looks like one).
   */
  readonly active: boolean;
  /**
   * Epoch milliseconds by the server's clock; missing where the server or the SDK does not say. Whoever
   * publishes nothing may be told of up to 3 s after it, and so after others who came later.
   */
  readonly joinedAt?: number;
  readonly tracks: readonly TrackInfo[];
};

/** Whether a seal says that who wrote a data message has the API secret of the server. */
export type SealState = 'valid' | 'invalid';

type At = { readonly at: number };
type About = At & ParticipantRef;
type AboutTrack = About & { readonly trackSid: string };

/** What a room says about itself, its participants and their tracks. */
export type RoomFact =
  | (At & {
      /** We are in. Everybody inside comes in this one event; those who come later are `participant.connected`. */
      readonly type: 'room.connected';
      readonly sid: string;
      readonly name: string;
      readonly metadata: string;
      readonly local: ParticipantRef;
      readonly participants: readonly ParticipantInfo[];
    })
  /** One attempt to join failed. The next `room.join` tries again. */
  | (At & { readonly type: 'room.joinFailed'; readonly error: ErrorInfo })
  | (At & { readonly type: 'room.reconnecting' })
  | (At & { readonly type: 'room.reconnected' })
  /** The last fact of a room that was joined. The missing endings of tracks and participants come before it. */
  | (At & { readonly type: 'room.disconnected'; readonly reason: DisconnectReason })
  | (At & { readonly type: 'room.metadataChanged'; readonly metadata: string })
  /** LiveKit's active speakers: the identities, loudest first; repeated unchanged lists are dropped. */
  | (At & { readonly type: 'room.speakersChanged'; readonly identities: readonly string[] })
  | (At & { readonly type: 'participant.connected'; readonly participant: ParticipantInfo })
  /** From now on data sent to this connection arrives. Once for each SID. */
  | (About & { readonly type: 'participant.active' })
  | (About & { readonly type: 'participant.disconnected' })
  | (About & { readonly type: 'participant.metadataChanged'; readonly metadata: string })
  | (About & {
      readonly type: 'participant.attributesChanged';
      /** The changed ones only. */
      readonly attributes: Readonly<Record<string, string>>;
    })
  /**
   * It changed its metadata, attributes or mutes more often than is told: so many changes gave way to
   * later ones, which are told. At most once a second for each participant.
   */
  | (About & { readonly type: 'participant.throttled'; readonly changes: number })
  | (About & { readonly type: 'participant.qualityChanged'; readonly quality: ConnectionQuality })
  | (About & { readonly type: 'track.published'; readonly track: TrackInfo })
  | (AboutTrack & { readonly type: 'track.unpublished' })
  | (AboutTrack & { readonly type: 'track.subscribed' })
  | (AboutTrack & { readonly type: 'track.unsubscribed' })
  | (AboutTrack & { readonly type: 'track.subscriptionFailed'; readonly error: ErrorInfo })
  | (AboutTrack & { readonly type: 'track.muted' })
  | (AboutTrack & { readonly type: 'track.unmuted' })
  | (At & {
      readonly type: 'data.received';
      /**
       * Null for a hidden sender, which is anonymous; for somebody who joined within the last 3 s and
       * publishes nothing, of whom hidden agents hear late; and for the server's API.
       */
      readonly sender: ParticipantRef | null;
      readonly topic: string;
      readonly sizeBytes: number;
      /** Null where the bytes are not UTF-8. At most 16 KiB; `truncated` says that there was more. */
      readonly text: string | null;
      readonly truncated: boolean;
      /** Only where the message has a seal. */
      readonly seal?: SealState;
    })
  /**
   * A sender, or all hidden ones together (null), sent more data than is let through: this much was
   * counted and not told one by one. At most once a second for each sender.
   */
  | (At & {
      readonly type: 'data.throttled';
      readonly sender: ParticipantRef | null;
      readonly messages: number;
      readonly sizeBytes: number;
    })
  | (At & {
      readonly type: 'text.received';
      readonly senderIdentity: string;
      readonly topic: string;
      readonly text: string;
      readonly truncated: boolean;
      readonly attributes: Readonly<Record<string, string>>;
    })
  /** A command could not be carried out; nothing else is harmed. */
  | (At & {
      readonly type: 'command.failed';
      readonly command: string;
      /** That of the command, where it had one. */
      readonly requestId?: string;
      readonly error: ErrorInfo;
    });

export type RoomFactOf<TType extends RoomFact['type']> = Extract<RoomFact, { type: TType }>;

/** What happens to one track that an actor of its own follows. */
export type OwnTrackFact = RoomFactOf<
  | 'track.muted'
  | 'track.unmuted'
  | 'track.subscribed'
  | 'track.unsubscribed'
  | 'track.subscriptionFailed'
  | 'track.unpublished'
>;

/**
 * What a track's media costs and gives: `none` is not subscribed, `signal` is subscribed and
 * disabled (speaker and quality updates without media), `media` is all of it.
 */
export type MediaMode = 'none' | 'signal' | 'media';

type Requested = {
  /** Comes back with the answer, for those who must tell theirs from others'. */
  readonly requestId?: string;
};

/** To whom data goes. Nobody in the list: nothing is sent (to LiveKit an empty list would be everybody). */
export type Recipients = 'everybody' | readonly string[];

/** What an agent's machine may ask of its connection to the room. */
export type ConnectionCommand =
  | (Requested & {
      readonly type: 'data.publish';
      readonly topic: string;
      /** JSON, sent reliably as UTF-8. */
      readonly payload: Readonly<Record<string, unknown>>;
      readonly to: Recipients;
      /** So that those who have the API secret believe it: the JSON gets a last field, `seal`. */
      readonly sealed?: true;
    })
  | { readonly type: 'track.setMedia'; readonly trackSid: string; readonly mode: MediaMode }
  | {
      readonly type: 'participant.setAttributes';
      readonly attributes: Readonly<Record<string, string>>;
    };

/** What the room port takes: the agent's commands, and the job's own. */
export type RoomCommand =
  ConnectionCommand | { readonly type: 'room.join' } | { readonly type: 'room.leave' };

/** How a room is recorded (LiveKit Egress, RoomComposite to a file). */
export type Recording = {
  /** Where the Egress service writes to, with its own templates: `recordings/{room_name}-{time}.mp4`. */
  readonly filepath: string;
  readonly layout: 'grid' | 'speaker' | 'single-speaker';
  readonly audioOnly: boolean;
};

/**
 * What an agent's machine may ask of the server about its room. One that fails is answered by
 * `command.failed`.
 */
export type RoomServiceCommand = Requested &
  (
    | { readonly type: 'participant.remove'; readonly identity: string }
    | { readonly type: 'track.mute'; readonly identity: string; readonly trackSid: string }
    /** Answered by `recording.started`. */
    | {
        readonly type: 'recording.start';
        readonly recording: Recording;
        /** A recording that may have ended: if it has not, the answer names it and no other begins. */
        readonly unlessGoesOn?: string;
      }
    /** Answered by `recording.stopped`. */
    | { readonly type: 'recording.stop'; readonly recordingId: string }
  );

/** What the server's API says of what it was asked. */
export type RoomServiceFact =
  | (At & Requested & { readonly type: 'recording.started'; readonly recordingId: string })
  | (At & Requested & { readonly type: 'recording.stopped'; readonly recordingId: string })
  | Extract<RoomFact, { type: 'command.failed' }>;

/** Something that those behind WEBHOOK_URLS should hear of; nothing where there are none. */
export type WebhookCommand = {
  readonly type: 'webhook.send';
  /** What happened, in lower case with `_`: `participant_joined`. */
  readonly event: string;
  readonly at: number;
  /** Whom it is about; null: the whole room. */
  readonly participant: ParticipantRef | null;
  /** Plain JSON. */
  readonly data: Readonly<Record<string, unknown>>;
  /** One address in the place of WEBHOOK_URLS; null: all of those. */
  readonly url: string | null;
};

/** What an agent's machine may ask for. */
export type AgentCommand = ConnectionCommand | RoomServiceCommand | WebhookCommand;

export type RosterEntry = ParticipantRef & {
  readonly kind: ParticipantKind;
  readonly joinedAt: number;
  readonly active: boolean;
  readonly attributes: Readonly<Record<string, string>>;
};

/** The server's own list of participants, which knows more than the room's events do. */
export type RosterFact =
  | (At & { readonly type: 'roster.listed'; readonly participants: readonly RosterEntry[] })
  | (At & { readonly type: 'roster.failed'; readonly error: ErrorInfo });

export type RosterCommand = { readonly type: 'roster.request' };

/** What the worker tells a job. */
export type ControlFact =
  /** The server ended the job (JobTermination). */
  | (At & { readonly type: 'control.terminated' })
  /** The process wants to end: finish by yourself or be ended after the job's drain timeout. */
  | (At & { readonly type: 'control.draining' })
  /** The final status is with the server (or cannot be brought there): leave the room now. */
  | (At & { readonly type: 'control.statusReported' })
  /** The server no longer knows of this job; only room events can end it. */
  | (At & { readonly type: 'control.untracked' })
  /** Something of the job threw where nobody could catch it, such as a timer of its agent's port. */
  | (At & { readonly type: 'control.broken'; readonly error: ErrorInfo });

/** The level of one 100 ms window of audio. `at` is the end of the window, counted in samples. */
export type LevelMeasured = {
  readonly type: 'audio.levelMeasured';
  /** 0 to 1, rounded to four digits. */
  readonly rms: number;
  readonly at: number;
};

export type LevelFact =
  | LevelMeasured
  | { readonly type: 'audio.levelsEnded'; readonly at: number }
  | { readonly type: 'audio.levelsFailed'; readonly at: number; readonly error: ErrorInfo };

/** Counters of one subscribed track, all since its subscription. */
export type TrackStats = {
  readonly trackSid: string;
  readonly packetsReceived: number;
  readonly packetsLost: number;
  readonly jitterMs: number;
  /** Video only; 0 for audio. */
  readonly framesDecoded: number;
  readonly width: number;
  readonly height: number;
};

export type StatsSample = {
  readonly tracks: readonly TrackStats[];
  readonly roundTripTimeMs: number | null;
  /** Bits a second that the path is estimated to carry towards us. */
  readonly availableIncomingBitrate: number | null;
};

export type StatsFact =
  | (At & { readonly type: 'stats.sampled' } & StatsSample)
  | (At & { readonly type: 'stats.failed'; readonly error: ErrorInfo });

/** Why a job ended: the closed list (product: the worker). */
export type EndReason =
  | 'participant_left'
  | 'participant_never_connected'
  | 'room_deleted'
  | 'room_closed'
  | 'agent_removed'
  | 'duplicate_identity'
  | 'dispatch_deleted'
  | 'connection_lost'
  | 'join_failed'
  | 'drained'
  | 'max_duration'
  | 'duplicate'
  | 'agent_error';

export type AlertSeverity = 'info' | 'warning' | 'critical';

/** A condition that was opened once and is resolved once. */
export type Alert = {
  readonly key: string;
  readonly severity: AlertSeverity;
  readonly message: string;
  readonly openedAt: number;
  /** When it last became another than it was opened as. */
  readonly updatedAt?: number;
  readonly resolvedAt?: number;
  readonly evidence: Readonly<Record<string, unknown>>;
};

/**
 * What an agent's machine says of a condition that people want to know of. Its job makes an alert of it:
 * opened once, updated where it changes, resolved once, whatever the agent repeats.
 */
export type ConditionReport =
  | (At & {
      readonly type: 'condition.met';
      /** Tells it from the others of this job; 1 to 512 characters, such as `over_limit` or `loud:alice`. */
      readonly key: string;
      readonly severity: AlertSeverity;
      readonly message: string;
      readonly evidence: Readonly<Record<string, unknown>>;
      /**
       * For how long it must be met before the alert is opened, at most 24 days; 0 where not given. Of
       * these two the report that begins a condition is heard.
       */
      readonly openAfterMs?: number;
      /** For how long it must be gone before the alert is resolved; 0 where not given. */
      readonly resolveAfterMs?: number;
    })
  | (At & { readonly type: 'condition.gone'; readonly key: string });

/** What is told of an alert: by the job for conditions, or by an agent whose own states are the hysteresis. */
export type AlertReport =
  | { readonly type: 'alert.opened'; readonly alert: Alert }
  /** The same condition, with other words, severity or evidence than it was last told with. */
  | { readonly type: 'alert.updated'; readonly alert: Alert }
  | { readonly type: 'alert.resolved'; readonly alert: Alert };

/** What an agent's machine may tell its job, beside the commands to the room. */
export type AgentReport =
  | ConditionReport
  | AlertReport
  /** The agent is done, for this reason. */
  | { readonly type: 'job.end'; readonly reason: EndReason }
  | { readonly type: 'roster.request' }
  /** Low-rate figures for the supervisor, such as who is speaking. */
  | { readonly type: 'health.changed'; readonly health: SessionHealth }
  /** How things stand now, at intervals, for the report over all rooms. */
  | { readonly type: 'figures.reported'; readonly figures: Readonly<Record<string, unknown>> }
  /** The closing figures, once. */
  | { readonly type: 'summary.made'; readonly summary: Readonly<Record<string, unknown>> };

/** What the supervisor counts over all sessions. */
export type SessionHealth = {
  readonly active: boolean;
  readonly speaking: boolean;
  readonly poorQuality: boolean;
  readonly suspect: boolean;
};

/** Everything that an agent's machine may hear from its job. */
export type AgentFact =
  | RoomFact
  | RoomServiceFact
  | RosterFact
  | { readonly type: 'job.draining'; readonly at: number }
  /** The job is ending for a reason that is not the agent's own: bring the summary now. */
  | { readonly type: 'job.ending'; readonly at: number; readonly reason: EndReason };
