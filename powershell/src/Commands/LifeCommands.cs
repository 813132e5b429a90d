// Initialize-Vigie, Set-VigieLevel, Wait-VigieFlush, Stop-Vigie and Get-VigieStatistic: the life of the process's telemetry.
// Not for what happens when the process ends: see Native/Exit.cs.
using System;
using System.Collections;
using System.Collections.Specialized;
using System.Management.Automation;

namespace Vigie
{
    /// <summary>Sets up the process's telemetry.</summary>
    [Cmdlet(VerbsData.Initialize, "Vigie")]
    public sealed class InitializeVigieCommand : PSCmdlet
    {
        /// <summary>service.name of the resource.</summary>
        [Parameter(Position = 0)]
        public string ServiceName { get; set; }

        /// <summary>service.version of the resource.</summary>
        [Parameter]
        public string Version { get; set; }

        /// <summary>deployment.environment.name of the resource.</summary>
        [Parameter]
        public string Environment { get; set; }

        /// <summary>The least severe level that is written; info unless given.</summary>
        [Parameter]
        [ArgumentCompleter(typeof(LevelCompleter))]
        public string Level { get; set; }

        /// <summary>Outputs: dictionaries of the configuration document, or the names console, memory, null.</summary>
        [Parameter]
        public object[] Output { get; set; }

        /// <summary>The whole configuration document, as a dictionary or as JSON text; the other parameters win over it.</summary>
        [Parameter]
        public object Configuration { get; set; }

        /// <summary>Replaces other settings that are in force.</summary>
        [Parameter]
        public SwitchParameter Force { get; set; }

        /// <summary>Initialises, or ends the command with every mistake in one error.</summary>
        protected override void ProcessRecord()
        {
            try
            {
                Telemetry.Configure(Document(), Force);
            }
            catch (VigieException failure)
            {
                ThrowTerminatingError(failure.Record(Configuration));
            }
        }

        private string Document()
        {
            object given = HostValue.Unwrap(Configuration);
            bool plain = ServiceName == null && Version == null && Environment == null && Level == null && Output == null;
            if (plain && given is string)
            {
                return (string)given;
            }
            var document = given is string ? JsonOf((string)given) : Copy(given);
            Put(document, "service", ServiceName);
            Put(document, "version", Version);
            Put(document, "environment", Environment);
            Put(document, "level", Level);
            Put(document, "outputs", Output == null ? null : Outputs());
            if (document.Count == 0)
            {
                return null;
            }
            Utf8Buffer json = Utf8Buffer.Take();
            AttributeJson.Write(json, document);
            string text = json.ToString();
            json.Give();
            return text;
        }

        private static OrderedDictionary JsonOf(string text)
        {
            try
            {
                return JsonText.Object(text);
            }
            catch (Exception failure)
            {
                if (failure is IndexOutOfRangeException || failure is FormatException || failure is InvalidCastException || failure is ArgumentException)
                {
                    throw new VigieException("Vigie.InvalidConfiguration", ErrorCategory.InvalidArgument, "configuration: not a JSON object");
                }
                throw;
            }
        }

        private static OrderedDictionary Copy(object given)
        {
            var document = new OrderedDictionary();
            if (given != null && !Members.Add(document, given))
            {
                throw new VigieException("Vigie.InvalidConfiguration", ErrorCategory.InvalidArgument,
                    "configuration: " + given.GetType().Name + "; accepted: a hashtable or JSON text");
            }
            return document;
        }

        private static void Put(OrderedDictionary document, string key, object value)
        {
            if (value != null)
            {
                document[key] = value;
            }
        }

        private object[] Outputs()
        {
            var outputs = new object[Output.Length];
            for (int i = 0; i < outputs.Length; i++)
            {
                object output = HostValue.Unwrap(Output[i]);
                outputs[i] = output is string ? new Hashtable { { "to", output } } : output;
            }
            return outputs;
        }
    }

    /// <summary>Sets the least severe level that is written while the process runs.</summary>
    [Cmdlet(VerbsCommon.Set, "VigieLevel")]
    public sealed class SetVigieLevelCommand : PSCmdlet
    {
        /// <summary>A level's name, alias or number; without one what is configured holds again.</summary>
        [Parameter(Position = 0)]
        [ArgumentCompleter(typeof(LevelCompleter))]
        [AllowNull]
        public object Level { get; set; }

        /// <summary>A logger's name, or what Get-VigieLogger gave; all loggers without it.</summary>
        [Parameter]
        public object Logger { get; set; }

        /// <summary>Sets it.</summary>
        protected override void ProcessRecord()
        {
            int code = Native.Ok;
            int severity = Level == null ? 0 : Severity.Of(Level, out code);
            if (code == Native.Ok)
            {
                object given = HostValue.Unwrap(Logger);
                var logger = given as Logger;
                code = Telemetry.SetLevel(logger != null ? logger.Name : given == null ? string.Empty : HostValue.TextOf(given), severity);
            }
            Failure.Report(this, code);
        }
    }

    /// <summary>Waits until everything recorded is written.</summary>
    [Cmdlet(VerbsLifecycle.Wait, "VigieFlush")]
    [OutputType(typeof(bool))]
    public sealed class WaitVigieFlushCommand : EndCommand
    {
        /// <summary>Waits.</summary>
        protected override void ProcessRecord() { Told(Telemetry.Flush(Milliseconds())); }
    }

    /// <summary>Ends open spans, writes everything and closes the outputs.</summary>
    [Cmdlet(VerbsLifecycle.Stop, "Vigie")]
    [OutputType(typeof(bool))]
    public sealed class StopVigieCommand : EndCommand
    {
        /// <summary>Ends.</summary>
        protected override void ProcessRecord() { Told(Telemetry.Shutdown(Milliseconds())); }
    }

    /// <summary>What waiting commands have in common.</summary>
    public abstract class EndCommand : PSCmdlet
    {
        private double timeout = 5;

        /// <summary>The longest wait in seconds; 5 unless given.</summary>
        [Parameter(Position = 0)]
        [ValidateRange(0.0, 4000000.0)]
        public double Timeout { get { return timeout; } set { timeout = value; } }

        /// <summary>Writes whether everything is out.</summary>
        [Parameter]
        public SwitchParameter PassThru { get; set; }

        internal uint Milliseconds()
        {
            return (uint)(timeout * 1000);
        }

        internal void Told(int code)
        {
            if (PassThru)
            {
                WriteObject(code == Native.Ok);
            }
            else
            {
                Failure.Report(this, code);
            }
        }
    }

    /// <summary>Gives the books: what was accepted, delivered, dropped, and why.</summary>
    [Cmdlet(VerbsCommon.Get, "VigieStatistic")]
    [OutputType(typeof(PSObject))]
    public sealed unsafe class GetVigieStatisticCommand : PSCmdlet
    {
        /// <summary>Writes one object.</summary>
        protected override void ProcessRecord()
        {
            int code;
            string json = CopyOut.Text(delegate(byte* buffer, UIntPtr capacity, UIntPtr* length)
            {
                return Native.vigie_stats(buffer, capacity, length);
            }, out code);
            Failure.Report(this, code);
            var books = (PSObject)Shown(JsonText.Object(json));
            books.TypeNames.Insert(0, "Vigie.Statistic");
            WriteObject(books);
        }

        private static object Shown(object value)
        {
            var members = value as OrderedDictionary;
            var elements = value as object[];
            if (members != null)
            {
                var shown = new PSObject();
                foreach (DictionaryEntry member in members)
                {
                    shown.Properties.Add(new PSNoteProperty((string)member.Key, Shown(member.Value)));
                }
                return shown;
            }
            return elements == null ? value : Array.ConvertAll(elements, Shown);
        }
    }
}
