// Begins and ends spans and contexts for the script functions in Vigie/*.ps1, which run the block in between.
// Nothing here throws.
using System;
using System.Collections;
using System.Management.Automation;

namespace Vigie
{
    /// <summary>Begins and ends spans and contexts of the runspace.</summary>
    public static unsafe class Scope
    {
        /// <summary>Names the runspace's list of errors, newest first, once: spans of blocks look at it when they are left.</summary>
        public static void WatchErrors(IList errors)
        {
            ContextStack.Current().Errors = errors;
        }

        /// <summary>Starts a span and makes it the runspace's current one until EndSpan.</summary>
        public static Span BeginSpan(string name, object attributes, SpanKind kind, object parent)
        {
            int code;
            return BeginSpan(name, attributes, kind, parent, null, true, out code);
        }

        /// <summary>The same for a block that LeaveSpan ends. A kind of null is Internal: a default in the function would cost more
        /// than the span.</summary>
        public static Span BeginBlock(string name, object attributes, object kind, object parent)
        {
            int code;
            Span span = BeginSpan(name, attributes, SpanKinds.Of(kind), parent, null, true, out code);
            IList errors = ContextStack.Current().Errors;
            span.Errors = errors;
            span.ErrorBefore = errors == null || errors.Count == 0 ? null : errors[0];
            return span;
        }

        internal static Span BeginSpan(string name, object attributes, SpanKind kind, object parent, string options, bool isBlock, out int code)
        {
            Telemetry.Ready();
            ContextStack stack = ContextStack.Current();
            ulong current = stack.Top();
            Context context = parent == null ? null : ContextSource.From(parent);
            ulong handle = Start(name, attributes, kind, context == null ? current : context.Handle, options, current, out code);
            if (code == Native.HandleError && context == null)
            {
                // Stop-Vigie within this block ended the parent. The new span continues the process's initial context.
                handle = Start(name, attributes, kind, 0, options, 0, out code);
            }
            var span = new Span(handle, name, kind);
            stack.Push(handle, span, isBlock);
            GC.KeepAlive(context);
            return span;
        }

        private static ulong Start(string name, object attributes, SpanKind kind, ulong parent, string options, ulong current, out int code)
        {
            Utf8Buffer json = Utf8Buffer.Take();
            if (attributes != null)
            {
                AttributeJson.Write(json, AttributeJson.Evaluate(attributes));
            }
            Utf8Buffer text = Utf8Buffer.Of(name);
            ulong handle;
            ulong previous = 0;
            // A new root keeps the current attributes. The library has to be told what is current in this runspace.
            bool entered = parent == Native.Root && current != 0 && Native.vigie_span_enter(current, &previous) == Native.Ok;
            fixed (byte* textBytes = text.Bytes)
            fixed (byte* jsonBytes = json.Bytes)
            {
                if (options == null)
                {
                    code = Native.vigie_span_start(textBytes, text.Size, (int)kind, parent, jsonBytes, json.Size, &handle);
                }
                else
                {
                    Utf8Buffer more = Utf8Buffer.Of(options);
                    fixed (byte* moreBytes = more.Bytes)
                    {
                        code = Native.vigie_span_start_with(textBytes, text.Size, (int)kind, parent, jsonBytes, json.Size, moreBytes, more.Size, &handle);
                    }
                    more.Give();
                }
            }
            if (entered)
            {
                Native.vigie_span_exit(previous);
            }
            text.Give();
            json.Give();
            return handle;
        }

        /// <summary>Records an error on a span: an exception event and the status error.</summary>
        public static void FailSpan(Span span, ErrorRecord error)
        {
            if (span != null && span.Handle != 0 && error != null)
            {
                span.Exception(error, null);
                span.Status(SpanStatus.Error, ErrorJson.MessageOf(error));
            }
        }

        /// <summary>Ends a span and takes it, with what was left above it, off the runspace's stack.</summary>
        public static void EndSpan(Span span)
        {
            if (span != null)
            {
                span.Errors = null;
                span.Finish(null);
                ContextStack.Current().PopBlock(span);
            }
        }

        /// <summary>Ends a span that BeginBlock began. A way out of 0 is none of the block's own: when an
        /// error is new at the top of the list, it was that.</summary>
        public static void LeaveSpan(Span span, int wayOut)
        {
            if (span == null || wayOut != 0)
            {
                EndBlock(span);
                return;
            }
            IList errors = span.Errors;
            object error = errors == null || errors.Count == 0 ? null : errors[0];
            if (error != null && !ReferenceEquals(error, span.ErrorBefore))
            {
                // `exit` and a stopped pipeline add no error. -ErrorAction Stop adds an exception that holds the error.
                object inside = HostValue.Unwrap(error);
                var holder = inside as IContainsErrorRecord;
                FailSpan(span, holder == null ? inside as ErrorRecord : holder.ErrorRecord);
            }
            EndBlock(span);
        }

        private static void EndBlock(Span span)
        {
            EndSpan(span);
            if (span != null && span.Environment != null)
            {
                // A value of null removes the variable, which was not set before.
                foreach (DictionaryEntry entry in span.Environment)
                {
                    Environment.SetEnvironmentVariable((string)entry.Key, entry.Value as string);
                }
            }
        }

        /// <summary>Sets the variables that carry context (TRACEPARENT, TRACESTATE, BAGGAGE unless the setting propagators says otherwise) to the current one until LeaveSpan ends this span.</summary>
        public static void ExportEnvironment(Span span)
        {
            Hashtable now = Headers(true);
            var old = new Hashtable();
            // Also those that this context does not set: they would speak of another one.
            foreach (string name in CarrierNames.Variables())
            {
                old[name] = Environment.GetEnvironmentVariable(name);
                Environment.SetEnvironmentVariable(name, now[name] as string);
            }
            span.Environment = old;
        }

        /// <summary>Makes a context current: one that Get-VigieContext gave, in any form, or a dictionary of context attributes.</summary>
        public static Frame Enter(object context, IDictionary baggage)
        {
            Telemetry.Ready();
            ContextStack stack = ContextStack.Current();
            var attributes = HostValue.Unwrap(context) as IDictionary;
            string carried = baggage == null || baggage.Count == 0 ? null : Json(delegate(Utf8Buffer json) { Carrier.Write(json, baggage); });
            if (attributes != null)
            {
                return stack.Push(new Addition(Json(delegate(Utf8Buffer json) { AttributeJson.Write(json, attributes); }), carried));
            }
            Context given = ContextSource.From(context);
            if (given == null || given.Handle == 0 || given.Added != null)
            {
                return stack.Push((given == null || given.Added == null ? new Addition(null, null) : given.Added).AndBaggage(carried));
            }
            Context entered = carried == null ? given : new Addition(null, carried).To(given.Handle, given.Attributes);
            GC.KeepAlive(given);
            return stack.Push(entered.Handle, entered, true);
        }

        private static string Json(Action<Utf8Buffer> write)
        {
            Utf8Buffer json = Utf8Buffer.Take();
            write(json);
            string text = json.ToString();
            json.Give();
            return text;
        }

        /// <summary>Leaves what Enter made current, with what was left above it.</summary>
        public static void Leave(Frame frame)
        {
            ContextStack.Current().Pop(frame);
        }

        /// <summary>The headers that carry the current context; with environment names (TRACEPARENT ...) if asked for.</summary>
        public static Hashtable Headers(bool asEnvironment)
        {
            return Context.HeadersOf(ContextStack.CurrentHandle(), asEnvironment);
        }

        /// <summary>Writes what was recorded, within the deadline of an exit.</summary>
        public static void Flush()
        {
            Telemetry.Flush(Telemetry.ExitDeadlineMs);
        }

        /// <summary>Records an object of one of PowerShell's streams as a log record.</summary>
        public static void Stream(object record, string stream)
        {
            StreamRecord.Write(null, record, stream);
        }
    }
}
