// Participants of LiveKit's own Go test client, told what to do by JSON lines on stdin.
//
// A command says which of them it is for by "as"; one who says nothing is alone. Each is answered by {"event":"done","id":n} or {"event":"failed","id":n,"message":...};
// data messages come as {"event":"data","as":...,"text":...,"atMs":...}. When the sound or the picture of somebody begins or ceases, {"event":"began"} or
// {"event":"ceased"} say when its first or last packet was sent: "as", "source", "atMs" (epoch). It ends when stdin does.
package main

import (
	"bufio"
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/livekit/livekit-server/pkg/telemetry/prometheus"
	"github.com/livekit/livekit-server/test/client"
	"github.com/livekit/protocol/livekit"
	"github.com/livekit/protocol/logger"
	"github.com/pion/webrtc/v4"
	"github.com/pion/webrtc/v4/pkg/media"
	"github.com/pion/webrtc/v4/pkg/media/ivfreader"
	"github.com/pion/webrtc/v4/pkg/media/oggreader"
)

const connectTimeout = 10 * time.Second

const floodTicksHz = 100

//go:embed tone.ogg
var toneFile []byte

//go:embed camera.ivf
var cameraFile []byte

// One Opus frame of 20 ms of silence, as RFC 7845 implementations send it.
var silence = media.Sample{Data: []byte{0xf8, 0xff, 0xfe}, Duration: 20 * time.Millisecond}

type command struct {
	ID int `json:"id"`
	// Any name, given at the join: who of those in this process.
	As     string `json:"as"`
	Do     string `json:"do"`
	URL    string `json:"url"`
	Token  string `json:"token"`
	On     bool   `json:"on"`
	Source string `json:"source"`
	Text   string `json:"text"`
	// Of a flood: messages a second.
	RateHz int `json:"rateHz"`
	// What a join publishes; microphone and camera where it does not say.
	Sources []string `json:"sources"`
	// A join that takes nobody's tracks: a crowd would otherwise cost the server its square.
	Deaf bool `json:"deaf"`
}

type event struct {
	Event   string `json:"event"`
	ID      int    `json:"id,omitempty"`
	Message string `json:"message,omitempty"`
	Text    string `json:"text,omitempty"`
	As      string `json:"as,omitempty"`
	Source  string `json:"source,omitempty"`
	// Epoch milliseconds.
	AtMs float64 `json:"atMs,omitempty"`
}

func epochMs(at time.Time) float64 {
	return float64(at.UnixMicro()) / 1000
}

var printing sync.Mutex

func say(e event) {
	printing.Lock()
	defer printing.Unlock()
	_ = json.NewEncoder(os.Stdout).Encode(e)
}

type participant struct {
	name     string
	client   *client.RTCClient
	stop     chan struct{}
	speaking *atomic.Bool
	// A camera that does not film is not muted: its pictures just do not come.
	filming *atomic.Bool
	muted   map[string]*atomic.Bool
	// Source to track SID.
	sids map[string]string
}

func join(c command) (*participant, error) {
	p := &participant{
		name:     c.As,
		stop:     make(chan struct{}),
		speaking: &atomic.Bool{},
		filming:  &atomic.Bool{},
		muted:    map[string]*atomic.Bool{"microphone": {}, "camera": {}},
		sids:     map[string]string{},
	}
	p.filming.Store(true)
	options := &client.Options{AutoSubscribe: !c.Deaf, SignalRequestInterceptor: nameSources}
	conn, err := client.NewWebSocketConn(c.URL, c.Token, options)
	if err != nil {
		return nil, err
	}
	p.client, err = client.NewRTCClient(conn, false, options)
	if err != nil {
		return nil, err
	}
	p.client.OnDataReceived = func(data []byte, _ string) {
		say(event{Event: "data", As: c.As, Text: string(data), AtMs: epochMs(time.Now())})
	}
	go p.client.Run()
	if err := p.client.WaitUntilConnected(connectTimeout); err != nil {
		return nil, err
	}
	if c.Sources == nil {
		c.Sources = []string{"microphone", "camera"}
	}
	for _, source := range c.Sources {
		if err := p.publish(source); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// The test client leaves the source of a track unknown.
func nameSources(request *livekit.SignalRequest, next client.SignalRequestHandler) error {
	if track := request.GetAddTrack(); track != nil {
		track.Source = livekit.TrackSource_MICROPHONE
		if track.Type == livekit.TrackType_VIDEO {
			track.Source = livekit.TrackSource_CAMERA
			track.Width, track.Height = 320, 180
		}
	}
	return next(request)
}

func (p *participant) publish(source string) error {
	switch source {
	case "microphone":
		tone, err := readTone()
		if err != nil {
			return err
		}
		return p.addTrack(source, webrtc.MimeTypeOpus, func(i int) (media.Sample, bool) {
			if p.speaking.Load() {
				return tone[i%len(tone)], true
			}
			return silence, false
		})
	case "camera":
		pictures, err := readPictures()
		if err != nil {
			return err
		}
		return p.addTrack(source, webrtc.MimeTypeVP8, func(i int) (media.Sample, bool) {
			if p.filming.Load() {
				return pictures[i%len(pictures)], true
			}
			return media.Sample{Duration: pictures[0].Duration}, false
		})
	default:
		return fmt.Errorf("no such source: %q", source)
	}
}

// What a source sends next, which may be nothing, and whether there is something to hear or see in it.
type nextSample func(i int) (media.Sample, bool)

func (p *participant) addTrack(source, mimeType string, sample nextSample) error {
	track, err := webrtc.NewTrackLocalStaticSample(webrtc.RTPCodecCapability{MimeType: mimeType}, source, source)
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, sid := range p.client.GetPublishedTrackIDs() {
		known[sid] = true
	}
	if _, err := p.client.AddTrack(track, "", client.AddTrackNoWriter()); err != nil {
		return err
	}
	for _, sid := range p.client.GetPublishedTrackIDs() {
		if !known[sid] {
			p.sids[source] = sid
		}
	}
	go p.play(track, source, sample)
	return nil
}

func (p *participant) play(track *webrtc.TrackLocalStaticSample, source string, sample nextSample) {
	next := time.Now()
	wasLive := false
	var lastLiveAt time.Time
	for i := 0; ; i++ {
		select {
		case <-p.stop:
			return
		case <-time.After(time.Until(next)):
		}
		s, isLive := sample(i)
		now := time.Now()
		next = next.Add(s.Duration)
		if s.Data != nil && !p.muted[source].Load() {
			_ = track.WriteSample(s)
		}
		if isLive && !wasLive {
			say(event{Event: "began", As: p.name, Source: source, AtMs: epochMs(now)})
		} else if wasLive && !isLive {
			say(event{Event: "ceased", As: p.name, Source: source, AtMs: epochMs(lastLiveAt)})
		}
		wasLive = isLive
		if isLive {
			lastLiveAt = now
		}
	}
}

func (p *participant) mute(source string, muted bool) error {
	flag, ok := p.muted[source]
	if !ok {
		return fmt.Errorf("no such source: %q", source)
	}
	flag.Store(muted)
	return p.client.SendRequest(&livekit.SignalRequest{Message: &livekit.SignalRequest_Mute{
		Mute: &livekit.MuteTrackRequest{Sid: p.sids[source], Muted: muted},
	}})
}

// Sends the text so often until the participant leaves. What could not be sent in time is not made up for.
func (p *participant) flood(text string, rateHz int) error {
	if rateHz < floodTicksHz {
		return fmt.Errorf("a flood is at least %d messages a second, not %d", floodTicksHz, rateHz)
	}
	ticks := time.NewTicker(time.Second / floodTicksHz)
	go func() {
		defer ticks.Stop()
		for {
			select {
			case <-p.stop:
				return
			case <-ticks.C:
			}
			for i := 0; i < rateHz/floodTicksHz; i++ {
				_ = p.client.PublishData([]byte(text), livekit.DataPacket_RELIABLE)
			}
		}
	}()
	return nil
}

func (p *participant) leave() {
	close(p.stop)
	p.client.Stop()
}

func readTone() ([]media.Sample, error) {
	reader, _, err := oggreader.NewWith(bytes.NewReader(toneFile))
	if err != nil {
		return nil, err
	}
	var samples []media.Sample
	var lastGranule uint64
	for {
		data, header, err := reader.ParseNextPage()
		if errors.Is(err, io.EOF) {
			return samples, nil
		}
		if err != nil {
			return nil, err
		}
		// Pages of headers hold no samples.
		if header.GranulePosition > lastGranule {
			lastGranule = header.GranulePosition
			samples = append(samples, media.Sample{Data: bytes.Clone(data), Duration: 20 * time.Millisecond})
		}
	}
}

func readPictures() ([]media.Sample, error) {
	reader, header, err := ivfreader.NewWith(bytes.NewReader(cameraFile))
	if err != nil {
		return nil, err
	}
	duration := time.Second * time.Duration(header.TimebaseNumerator) / time.Duration(header.TimebaseDenominator)
	var samples []media.Sample
	for {
		data, _, err := reader.ParseNextFrame()
		if errors.Is(err, io.EOF) {
			return samples, nil
		}
		if err != nil {
			return nil, err
		}
		samples = append(samples, media.Sample{Data: data, Duration: duration})
	}
}

func perform(participants map[string]*participant, c command) error {
	if c.Do == "join" {
		joined, err := join(c)
		if err == nil {
			participants[c.As] = joined
		}
		return err
	}
	p := participants[c.As]
	if p == nil {
		return errors.New("not in a room")
	}
	switch c.Do {
	case "speak":
		p.speaking.Store(c.On)
		return nil
	case "film":
		p.filming.Store(c.On)
		return nil
	case "mute":
		return p.mute(c.Source, c.On)
	case "publishData":
		return p.client.PublishData([]byte(c.Text), livekit.DataPacket_RELIABLE)
	case "flood":
		return p.flood(c.Text, c.RateHz)
	case "leave":
		p.leave()
		delete(participants, c.As)
		return nil
	default:
		return fmt.Errorf("no such command: %q", c.Do)
	}
}

func main() {
	// The server packages behind the test client count in metrics that only exist after this.
	if err := prometheus.Init("go-client", livekit.NodeType_SERVER); err != nil {
		panic(err)
	}
	// Its logs go to stderr, and must not carry the room token.
	logger.InitFromConfig(&logger.Config{Level: "error"}, "go-client")
	participants := map[string]*participant{}
	commands := bufio.NewScanner(os.Stdin)
	for commands.Scan() {
		var c command
		if err := json.Unmarshal(commands.Bytes(), &c); err != nil {
			say(event{Event: "failed", Message: err.Error()})
			continue
		}
		if err := perform(participants, c); err != nil {
			say(event{Event: "failed", ID: c.ID, Message: err.Error()})
		} else {
			say(event{Event: "done", ID: c.ID})
		}
	}
	for _, p := range participants {
		p.leave()
	}
}
