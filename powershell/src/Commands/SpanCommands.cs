// Start-, Stop-, Set-, Get-VigieSpan and Add-VigieSpanEvent: spans without a block.
// Not for Use-VigieSpan: it is a script function in Vigie/Span.ps1, so that its block runs in the caller's scope.
using System.Management.Automation;

namespace Vigie
{
    /// <summary>Starts a span and makes it current.</summary>
    [Cmdlet(VerbsLifecycle.Start, "VigieSpan")]
    [OutputType(typeof(Span))]
    public sealed class StartVigieSpanCommand : PSCmdlet
    {
        /// <summary>The name.</summary>
        [Parameter(Mandatory = true, Position = 0)]
        [AllowEmptyString]
        public string Name { get; set; }

        /// <summary>A dictionary, PSCustomObject or script block.</summary>
        [Parameter(Position = 1)]
        public object Attribute { get; set; }

        /// <summary>The kind by name; Internal unless given.</summary>
        [Parameter]
        [ArgumentCompleter(typeof(KindCompleter))]
        public object Kind { get; set; }

        /// <summary>A context, span, headers or traceparent; the current context unless given.</summary>
        [Parameter]
        public object Parent { get; set; }

        /// <summary>Contexts, spans or dictionaries of trace_id, span_id, attributes.</summary>
        [Parameter]
        public object[] Link { get; set; }

        /// <summary>A DateTime, DateTimeOffset, or nanoseconds since 1970; now unless given.</summary>
        [Parameter]
        public object StartTime { get; set; }

        /// <summary>Writes the span.</summary>
        protected override void ProcessRecord()
        {
            int code;
            Span span = Scope.BeginSpan(Name, Attribute, SpanKinds.Of(Kind), Parent, Options(), false, out code);
            Failure.Report(this, code);
            span.Held = true;
            WriteObject(span);
        }

        private string Options()
        {
            long? start = Time.Nanoseconds(this, StartTime);
            if (!start.HasValue && Link == null)
            {
                return null;
            }
            Utf8Buffer json = Utf8Buffer.Take();
            json.Byte((byte)'{');
            if (start.HasValue)
            {
                json.Ascii("\"start_time_ns\":");
                ScalarJson.Integer(json, start.Value);
                json.Ascii(Link == null ? string.Empty : ",");
            }
            if (Link != null)
            {
                json.Ascii("\"links\":[");
                for (int i = 0; i < Link.Length; i++)
                {
                    json.Ascii(i == 0 ? string.Empty : ",");
                    Links.Write(json, Link[i]);
                }
                json.Byte((byte)']');
            }
            json.Byte((byte)'}');
            string options = json.ToString();
            json.Give();
            return options;
        }
    }

    /// <summary>Ends a span.</summary>
    [Cmdlet(VerbsLifecycle.Stop, "VigieSpan")]
    public sealed class StopVigieSpanCommand : PSCmdlet
    {
        /// <summary>The span; the current one unless given.</summary>
        [Parameter(Position = 0, ValueFromPipeline = true)]
        public Span Span { get; set; }

        /// <summary>A DateTime, DateTimeOffset, or nanoseconds since 1970; now unless given.</summary>
        [Parameter]
        public object EndTime { get; set; }

        /// <summary>Ends it.</summary>
        protected override void ProcessRecord()
        {
            Span span = Span ?? ContextStack.Innermost<Span>();
            if (span == null)
            {
                Failure.Report(this, Failure.NoSpan());
                return;
            }
            int code = span.Finish(Time.Nanoseconds(this, EndTime));
            ContextStack.Current().PopEntered(span);
            Failure.Report(this, code);
        }
    }

    /// <summary>Changes an open span.</summary>
    [Cmdlet(VerbsCommon.Set, "VigieSpan")]
    public sealed class SetVigieSpanCommand : PSCmdlet
    {
        /// <summary>Attributes to set.</summary>
        [Parameter(Position = 0)]
        public object Attribute { get; set; }

        /// <summary>Another name.</summary>
        [Parameter]
        public string Name { get; set; }

        /// <summary>The status.</summary>
        [Parameter]
        public SpanStatus Status { get; set; }

        /// <summary>Why, for the status Error.</summary>
        [Parameter]
        public string StatusMessage { get; set; }

        /// <summary>An error to record as an exception event.</summary>
        [Parameter]
        public object ErrorRecord { get; set; }

        /// <summary>Contexts, spans or dictionaries of trace_id, span_id, attributes.</summary>
        [Parameter]
        public object[] Link { get; set; }

        /// <summary>The span; the current one unless given.</summary>
        [Parameter(ValueFromPipeline = true)]
        public Span Span { get; set; }

        /// <summary>Applies what was given.</summary>
        protected override void ProcessRecord()
        {
            Span span = Span ?? ContextStack.Innermost<Span>();
            if (span == null)
            {
                Failure.Report(this, Failure.NoSpan());
                return;
            }
            if (Name != null)
            {
                Failure.Report(this, span.Rename(Name));
            }
            if (ErrorRecord != null)
            {
                Failure.Report(this, span.Exception(ErrorRecord, Attribute));
            }
            else if (Attribute != null)
            {
                Failure.Report(this, span.Set(Attribute));
            }
            if (MyInvocation.BoundParameters.ContainsKey("Status"))
            {
                Failure.Report(this, span.Status(Status, StatusMessage));
            }
            foreach (object link in Link ?? new object[0])
            {
                Failure.Report(this, Links.Add(span, link));
            }
        }
    }

    /// <summary>Adds an event to an open span.</summary>
    [Cmdlet(VerbsCommon.Add, "VigieSpanEvent")]
    public sealed class AddVigieSpanEventCommand : PSCmdlet
    {
        /// <summary>The event's name.</summary>
        [Parameter(Mandatory = true, Position = 0)]
        [AllowEmptyString]
        public string Name { get; set; }

        /// <summary>The event's attributes.</summary>
        [Parameter(Position = 1)]
        public object Attribute { get; set; }

        /// <summary>A DateTime, DateTimeOffset, or nanoseconds since 1970; now unless given.</summary>
        [Parameter]
        public object Time { get; set; }

        /// <summary>The span; the current one unless given.</summary>
        [Parameter(ValueFromPipeline = true)]
        public Span Span { get; set; }

        /// <summary>Adds it.</summary>
        protected override void ProcessRecord()
        {
            Span span = Span ?? ContextStack.Innermost<Span>();
            if (span == null)
            {
                Failure.Report(this, Failure.NoSpan());
                return;
            }
            Failure.Report(this, span.Event(Name, Attribute, Vigie.Time.Nanoseconds(this, Time)));
        }
    }

    /// <summary>Gives the current span.</summary>
    [Cmdlet(VerbsCommon.Get, "VigieSpan")]
    [OutputType(typeof(Span))]
    public sealed class GetVigieSpanCommand : PSCmdlet
    {
        /// <summary>Writes it, or nothing.</summary>
        protected override void ProcessRecord()
        {
            Span span = ContextStack.Innermost<Span>();
            if (span != null)
            {
                span.Held = true;
                WriteObject(span);
            }
        }
    }
}
