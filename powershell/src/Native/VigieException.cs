// Turns a failed call of the library into an exception with a stable error id and PowerShell's category.
using System;
using System.Management.Automation;
using System.Text;

namespace Vigie
{
    /// <summary>An error that the library reported, with its stable id.</summary>
    public sealed unsafe class VigieException : Exception
    {
        internal VigieException(string id, ErrorCategory category, string message) : base(message)
        {
            Id = id;
            Category = category;
        }

        /// <summary>The error id, such as Vigie.InvalidConfiguration.</summary>
        public string Id { get; private set; }

        internal ErrorCategory Category { get; private set; }

        internal ErrorRecord Record(object target)
        {
            return new ErrorRecord(this, Id, Category, target);
        }

        // The library keeps the text of the last failed call for each thread.
        internal static VigieException Of(int code)
        {
            int length = checked((int)Native.vigie_last_error(null, UIntPtr.Zero));
            var text = new byte[length + 1];
            fixed (byte* bytes = text)
            {
                Native.vigie_last_error(bytes, (UIntPtr)(uint)length);
            }
            return new VigieException(IdOf(code), CategoryOf(code), Encoding.UTF8.GetString(text, 0, length));
        }

        private static string IdOf(int code)
        {
            switch (code)
            {
                case Native.ConfigError: return "Vigie.InvalidConfiguration";
                case Native.AlreadyError: return "Vigie.AlreadyInitialized";
                case Native.ArgumentError: return "Vigie.InvalidArgument";
                case Native.JsonError: return "Vigie.InvalidValue";
                case Native.HandleError: return "Vigie.Ended";
                case Native.ClosedError: return "Vigie.Closed";
                case Native.TimeoutError: return "Vigie.Timeout";
                default: return "Vigie.Failed";
            }
        }

        private static ErrorCategory CategoryOf(int code)
        {
            switch (code)
            {
                case Native.ConfigError:
                case Native.ArgumentError:
                case Native.JsonError: return ErrorCategory.InvalidArgument;
                case Native.AlreadyError: return ErrorCategory.ResourceExists;
                case Native.HandleError:
                case Native.ClosedError: return ErrorCategory.ObjectNotFound;
                case Native.TimeoutError: return ErrorCategory.OperationTimeout;
                default: return ErrorCategory.NotSpecified;
            }
        }
    }
}
