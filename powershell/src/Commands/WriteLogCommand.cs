// Write-VigieLog and Get-VigieLogger.
// Not for tight loops: the static methods in Scopes/Log.cs do without the binding of parameters.
using System.Collections;
using System.Collections.Specialized;
using System.Management.Automation;

namespace Vigie
{
    /// <summary>Writes log records.</summary>
    [Cmdlet(VerbsCommunications.Write, "VigieLog")]
    public sealed class WriteVigieLogCommand : PSCmdlet
    {
        /// <summary>The message, a template; an ErrorRecord or Exception here is the error.</summary>
        [Parameter(Position = 0)]
        [AllowNull, AllowEmptyString]
        public object Message { get; set; }

        /// <summary>A dictionary, a PSCustomObject, or a script block that gives one.</summary>
        [Parameter]
        [AllowNull]
        public object Attribute { get; set; }

        /// <summary>A level's name, alias or number; INFO, or ERROR with an error.</summary>
        [Parameter]
        [ArgumentCompleter(typeof(LevelCompleter))]
        public object Level { get; set; }

        /// <summary>A logger's name, or what Get-VigieLogger gave.</summary>
        [Parameter]
        public object Logger { get; set; }

        /// <summary>The error that the record is about.</summary>
        [Parameter]
        [AllowNull]
        public object ErrorRecord { get; set; }

        /// <summary>Objects to record, one record each.</summary>
        [Parameter(ValueFromPipeline = true)]
        [AllowNull, AllowEmptyString]
        public object InputObject { get; set; }

        private Logger logger;
        private int severity;
        private bool piped;

        /// <summary>Resolves level and logger once.</summary>
        protected override void BeginProcessing()
        {
            logger = Logger == null ? Log.Unnamed : HostValue.Unwrap(Logger) as Logger ?? Vigie.Logger.Named(HostValue.TextOf(HostValue.Unwrap(Logger)));
            if (Level != null)
            {
                int code;
                severity = Severity.Of(Level, out code);
                if (severity == 0)
                {
                    Failure.Report(this, code);
                    severity = Severity.Info;
                }
            }
        }

        /// <summary>Writes one record.</summary>
        protected override void ProcessRecord()
        {
            piped = MyInvocation.ExpectingInput;
            int code = piped ? Piped(HostValue.Unwrap(InputObject)) : Direct();
            if (code != Native.Ok)
            {
                Failure.Report(this, code);
            }
        }

        private int Direct()
        {
            object message = Message ?? InputObject;
            object error = ErrorRecord;
            string text = message as string;
            if (text == null && message != null)
            {
                if (error == null && ErrorJson.IsError(message))
                {
                    error = message;
                }
                else
                {
                    text = HostValue.TextOf(HostValue.Unwrap(message));
                }
            }
            if (error == null)
            {
                return logger.Record(severity == 0 ? Severity.Info : severity, text, Attribute);
            }
            // The text of an error is data: braces in it are no template's.
            return text == null
                ? StreamRecord.Write(logger, severity == 0 ? Severity.Error : severity, HostValue.Unwrap(error), null, Attribute)
                : WithError(text, error);
        }

        private int WithError(string text, object error)
        {
            int level = severity == 0 ? Severity.Error : severity;
            if (!logger.IsOn(level))
            {
                return Native.Ok;
            }
            Utf8Buffer json = Utf8Buffer.Take();
            Utf8Buffer document = Utf8Buffer.Take();
            StreamRecord.Attributes(json, HostValue.Unwrap(error), AttributeJson.Evaluate(Attribute));
            ErrorJson.Write(document, error);
            int code = logger.Error(level, text, json, document);
            document.Give();
            json.Give();
            return code;
        }

        private int Piped(object input)
        {
            int own = input is string ? 0 : StreamRecord.SeverityOf(input, null);
            int level = severity != 0 ? severity : own != 0 ? own : ErrorRecord != null ? Severity.Error : Severity.Info;
            if (!logger.IsOn(level))
            {
                return Native.Ok;
            }
            if (Message != null)
            {
                return Beside(level, input);
            }
            if (ErrorRecord == null && Attribute == null && input is string)
            {
                return logger.Text(level, (string)input, null, null);
            }
            if (input is IDictionary || input is PSObject)
            {
                return logger.Record(level, string.Empty, input);
            }
            return StreamRecord.Write(logger, level, input ?? string.Empty, null, Attribute);
        }

        // With -Message the piped object is no message: it is the error, or becomes attributes.
        private int Beside(int level, object input)
        {
            string text = HostValue.TextOf(HostValue.Unwrap(Message));
            if (ErrorJson.IsError(input))
            {
                return WithError(text, input);
            }
            return logger.Record(level, text, Merged(input));
        }

        private object Merged(object input)
        {
            var all = new OrderedDictionary();
            Members.Add(all, HostValue.Unwrap(AttributeJson.Evaluate(Attribute)));
            if (!Members.Add(all, input))
            {
                all["input"] = input;
            }
            return all;
        }
    }

    /// <summary>Gives a logger of a name, with attributes bound to it.</summary>
    [Cmdlet(VerbsCommon.Get, "VigieLogger")]
    [OutputType(typeof(Logger))]
    public sealed class GetVigieLoggerCommand : PSCmdlet
    {
        /// <summary>The name, such as shop.cart; none unless given.</summary>
        [Parameter(Position = 0)]
        [AllowEmptyString]
        public string Name { get; set; }

        /// <summary>Attributes that go into each of its records.</summary>
        [Parameter]
        public object Attribute { get; set; }

        /// <summary>Writes the logger.</summary>
        protected override void ProcessRecord()
        {
            Logger named = Logger.Named(Name);
            WriteObject(Attribute == null ? named : named.Bind(Attribute));
        }
    }
}
